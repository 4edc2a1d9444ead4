import { describe, expect, it } from 'vitest';
import { VERSION } from '../../../app/cli/command.ts';
import { helpText, OPTION_NAMES } from '../../../app/cli/options.ts';
import { textIn } from '../../../app/i18n/index.ts';

describe.each(['en', 'zh-Hant'] as const)('the help in %s', (language) => {
  const help = helpText('1.2.3', textIn(language));

  it('lists every option once, with its short name', () => {
    for (const name of OPTION_NAMES) {
      expect(help.split('\n').filter((line) => new RegExp(`^ +(-\\w, +)?--${name}( |$)`).test(line))).toHaveLength(1);
    }
    expect(help).toContain('-p, --port PORT');
  });

  it('says which program and version this is, and how it is called', () => {
    expect(help).toMatch(/^MCP Gangway 1\.2\.3/);
    expect(help).toContain('mcp-gangway [serve]');
    expect(help).toContain('mcp-gangway status [--json]');
    expect(help).toContain('mcp-gangway doctor [HOST:PORT]');
    expect(help).toContain('mcp-gangway connect [');
  });
});

it('the version is that of the package', () => expect(VERSION).toMatch(/^\d+\.\d+\.\d+/));

describe('the help in Traditional Chinese', () => {
  const lines = helpText('1.2.3', textIn('zh-Hant')).split('\n');

  it('puts full-width colons behind Chinese words and puts the forms of the command below one another', () => {
    expect(lines[0]).toMatch(/^MCP Gangway 1\.2\.3：/);
    expect(lines[2]).toMatch(/^用法：mcp-gangway \[serve\]/);
    expect(lines.slice(3, 7).every((line) => line.startsWith('      mcp-gangway '))).toBe(true);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SnippetRequest, snippet, snippets } from '../../../app/clients/index.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { has, hasPython, PYTHON, run } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const REQUEST: SnippetRequest = {
  port: 28080,
  token: 'it\'s "a" $token \\',
  servers: [{ name: 'nas', isDefault: true }],
  kind: 'proxy',
  language: 'en',
  platform: 'linux',
  shim: ENVIRONMENT.shim,
};
const PROXY = `http://mcp:${encodeURIComponent(REQUEST.token ?? '')}@127.0.0.1:28080`;

describe('Snippets are read by others as they are meant', () => {
  const readers = {
    toml: ['tomllib', 'import tomllib, sys, json; print(json.dumps(tomllib.load(open(sys.argv[1], "rb"))))'],
    yaml: ['yaml', 'import yaml, sys, json; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))'],
  } as const;

  for (const format of ['toml', 'yaml'] as const) {
    const [module, program] = readers[format];
    it.skipIf(!hasPython(module))(`${format} by Python (skipped where it has no reader)`, async () => {
      for (const kind of ['proxy', 'endpoint'] as const) {
        for (const made of snippets({ ...REQUEST, kind }).filter((each) => each.format === format)) {
          const file = join(temporaryDirectory(), 'snippet');
          writeFileSync(file, made.text);
          const { stdout, stderr } = await run(PYTHON, ['-c', program, file]);
          expect(stderr).toBe('');
          const text = JSON.stringify(JSON.parse(stdout));
          expect(text).toContain(kind === 'proxy' ? PROXY : 'http://127.0.0.1:28080/mcp');
          if (kind === 'endpoint') expect(text).toContain(JSON.stringify(`Bearer ${REQUEST.token}`).slice(1, -1));
        }
      }
    });
  }

  it('JSON by JSON.parse', () => {
    for (const kind of ['proxy', 'endpoint'] as const) {
      for (const { format, text } of snippets({ ...REQUEST, kind })) {
        if (format === 'json') expect(Object.keys(JSON.parse(text))).toHaveLength(1);
      }
    }
  });

  for (const [id, shell] of [
    ['posix', 'sh'],
    ['posix', 'bash'],
    ['fish', 'fish'],
  ] as const) {
    it.skipIf(!has(shell, '-c', 'true'))(`${id} exports by ${shell} (skipped where it is not installed)`, async () => {
      const text = snippet(id, REQUEST)?.text ?? '';
      const { stdout } = await run(shell, ['-c', `${text}\nenv`]);
      expect(stdout.split('\n')).toEqual(
        expect.arrayContaining([`HTTP_PROXY=${PROXY}`, `https_proxy=${PROXY}`, 'NODE_USE_ENV_PROXY=1']),
      );
    });
  }

  it.each(['claude-code-command', 'docker'] as const)('the words of %s by a shell', async (id) => {
    const text = snippet(id, REQUEST)?.text ?? '';
    const show = 'claude() { printf "%s\\n" "$@"; }; docker() { printf "%s\\n" "$@"; }';
    const { stdout, stderr } = await run('sh', ['-c', `${show}\n${text}`]);
    expect(stderr).toBe('');
    const host = id === 'docker' ? 'host.docker.internal' : '127.0.0.1';
    expect(stdout.split('\n')).toContain(`HTTP_PROXY=${PROXY.replace('127.0.0.1', host)}`);
  });

  it('the header of a claude command by a shell', async () => {
    const text = snippet('claude-code-command', { ...REQUEST, kind: 'endpoint' })?.text ?? '';
    const { stdout } = await run('sh', ['-c', `claude() { printf "%s\\n" "$@"; }\n${text}`]);
    expect(stdout.split('\n')).toContain(`Authorization: Bearer ${REQUEST.token}`);
  });
});

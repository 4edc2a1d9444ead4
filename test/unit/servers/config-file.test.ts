import { describe, expect, test } from 'vitest';
import { configServers, problemSentence } from '../../../app/servers/index.ts';
import { textIn } from '../../../app/text/index.ts';

const env = { HOME: '/home/a', TOKEN: 'secret ${HOME}', EMPTY: '' };
const read = (mcpServers: unknown) => configServers(JSON.stringify({ mcpServers, theme: 'dark' }), env);

describe('an mcpServers file', () => {
  test('is read as desktop clients write it', () => {
    const { servers, defaultServer, problems } = read({
      files: {
        command: 'npx',
        args: ['-y', 'server-files', '${HOME}/docs'],
        env: { KEY: 'x-${TOKEN}' },
        cwd: '${HOME}',
      },
    });
    expect(problems).toEqual([]);
    expect(defaultServer).toBe('files');
    expect(servers).toEqual([
      {
        name: 'files',
        command: 'npx',
        args: ['-y', 'server-files', '/home/a/docs'],
        env: { KEY: 'x-secret ${HOME}' },
        cwd: '/home/a',
        era: 'auto',
        spare: true,
      },
    ]);
  });

  test('expands variables in every notation clients have, and values not twice', () => {
    const args = ['${env:HOME}', '${NONE:-fall back}', '${EMPTY:-x}', '$HOME', '${}', '${NONE:-}'];
    expect(read({ a: { command: 'c', args } }).servers[0]?.args).toEqual([
      '/home/a',
      'fall back',
      '',
      '$HOME',
      '${}',
      '',
    ]);
  });

  test('makes path segments of titles', () => {
    const { servers } = read({ 'My Server (v2)': { command: 'c' }, '../up': { command: 'c' }, 檔案: { command: 'c' } });
    expect(servers.map(({ name }) => name)).toEqual(['my-server-v2', 'up']);
  });

  test('leaves out and names what is wrong, and keeps the rest', () => {
    const { servers, problems, defaultServer } = read({
      fine: { command: 'c', default: true },
      remote: { url: 'https://example.com/mcp' },
      wrong: { command: 'c', args: 'not a list' },
      needs: { command: 'c', env: { KEY: '${UNSET}' } },
      Fine: { command: 'c' },
      off: { command: 'c', disabled: true },
      odd: { command: 'c', era: 'stone age' },
      text: 'c',
      other: { command: 'd', era: 'modern', spare: false },
    });
    expect(servers.map(({ name }) => name)).toEqual(['fine', 'other']);
    expect(servers[1]).toMatchObject({ era: 'modern', spare: false });
    expect(defaultServer).toBe('fine');
    expect(problems).toEqual([
      { kind: 'remote', server: 'remote' },
      { kind: 'bad-entry', server: 'wrong', field: 'args' },
      { kind: 'missing-variable', server: 'needs', variable: 'UNSET' },
      { kind: 'same-name', server: 'fine' },
      { kind: 'bad-entry', server: 'odd', field: 'era' },
      { kind: 'bad-entry', server: 'text', field: 'command' },
    ]);
    const sentences = problems.map((problem) => problemSentence(problem, textIn('en')));
    expect(sentences[2]).toBe('The server needs is left out: the environment variable UNSET is not set.');
  });

  test('has no default among several unless one is marked', () => {
    expect(read({ a: { command: 'c' }, b: { command: 'c' } }).defaultServer).toBeNull();
  });

  test('that is none is one problem', () => {
    for (const text of ['', '{', '[]', '{"servers":{}}', '{"mcpServers":[]}']) {
      expect(configServers(text, env)).toEqual({
        servers: [],
        defaultServer: null,
        problems: [{ kind: 'no-servers' }],
      });
    }
  });
});

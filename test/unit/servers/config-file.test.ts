import { describe, expect, test } from 'vitest';
import { textIn } from '../../../app/i18n/index.ts';
import { decodedText, problemSentence, configServers as readConfig, serverNamed } from '../../../app/servers/index.ts';
import { namesFor } from '../../../app/servers/server-name.ts';

const env = { HOME: '/home/a', TOKEN: 'secret ${HOME}', EMPTY: '' };
/** What a file tells of commands. */
const configServers = (...told: Parameters<typeof readConfig>) => {
  const config = readConfig(...told);
  return { ...config, servers: config.servers.filter((server) => 'command' in server) };
};
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

  test('in another format is told by its first line, in no more time than it is long', () => {
    const told = (text: string) => configServers(text, env).problems;
    for (const text of [`# a\n\n  name: x`, `#${'\n'.repeat(1_000_000)}- x`]) {
      expect(told(text)).toEqual([{ kind: 'other-format', format: 'yaml' }]);
    }
    expect(told('#\n [a.b] # c\n')).toEqual([{ kind: 'other-format', format: 'toml' }]);
    expect(told(`[${'a.'.repeat(100_000)}`)).toMatchObject([{ kind: 'mistake' }]);
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
    expect(servers.map(({ name }) => name)).toEqual(['my-server-v2', 'up', '檔案']);
  });

  test('leaves out and names what is wrong, and keeps the rest', () => {
    const { servers, problems, defaultServer } = read({
      fine: { command: 'c', default: true },
      remote: { url: 'ftp://example.com/mcp' },
      wrong: { command: 'c', args: 'not a list' },
      needs: { command: 'c', env: { KEY: '${UNSET}' } },
      Fine: { command: 'c' },
      off: { command: 'c', disabled: true },
      odd: { command: 'c', era: 'stone age' },
      text: 'c',
      other: { command: 'd', era: 'modern', spare: false },
    });
    expect(servers.map(({ name }) => name)).toEqual(['fine', expect.stringMatching(/^fine-[\da-f]{6}$/), 'other']);
    expect(servers[2]).toMatchObject({ era: 'modern', spare: false });
    expect(defaultServer).toBe('fine');
    expect(problems).toMatchObject([
      { kind: 'bad-url', server: 'remote' },
      { kind: 'bad-entry', server: 'wrong', field: 'args' },
      { kind: 'missing-variable', server: 'needs', variable: 'UNSET' },
      { kind: 'bad-entry', server: 'odd', field: 'era' },
      { kind: 'bad-entry', server: 'text', field: 'command' },
    ]);
    expect(problems.every(({ place }) => place?.line === 1)).toBe(true);
    const sentences = problems.map((problem) => problemSentence(problem, textIn('en')));
    expect(sentences.slice(1, 4)).toEqual([
      'The server wrong is left out: its args must be a list of texts, such as ["-y", "some-package"].',
      'The server needs is left out: the environment variable UNSET is not set. Set it where MCP Gangway is started, or write a default: ${UNSET:-…}.',
      'The server odd is left out: its era must be "auto", "legacy", "modern" or "dual".',
    ]);
    expect(problems.map((problem) => problemSentence(problem, textIn('zh-Hant')))[1]).toBe(
      '已略過伺服器 wrong：args 必須是由文字組成的清單，例如 ["-y", "some-package"]。',
    );
  });

  test('has no default among several unless one is marked', () => {
    expect(read({ a: { command: 'c' }, b: { command: 'c' } }).defaultServer).toBeNull();
  });

  test('that has no servers in it is one problem', () => {
    for (const text of ['{}', '[]', '[1]', '3', '{"theme":"dark"}']) {
      expect(configServers(text, env)).toMatchObject({
        servers: [],
        defaultServer: null,
        problems: [{ kind: 'no-servers' }],
      });
    }
  });

  test('with an empty map or list of servers is no mistake', () => {
    for (const text of ['{"servers":{}}', '{"mcpServers":{}}', '{"mcpServers":[]}']) {
      expect(configServers(text, env)).toMatchObject({ servers: [], problems: [] });
    }
  });
});

describe('what people have', () => {
  const entry = { command: 'npx', args: ['-y', 'x'] };
  const json = JSON.stringify(entry);
  const one = { name: 'a', command: 'npx', args: ['-y', 'x'], env: {}, cwd: null };

  test.each([
    ['comments, trailing commas and a byte order mark', `\uFEFF{ // mine\n/* all */ "mcpServers": {"a": ${json},},}`],
    ["VS Code's file", `{"inputs":[],"servers":{"a":${json.slice(0, -1)},"type":"stdio"}}}`],
    ["VS Code's settings", `{"editor.fontSize":12,"mcp":{"inputs":[],"servers":{"a":${json}}}}`],
    ["Zed's settings", `{"theme":"One","context_servers":{"a":{"source":"custom",${json.slice(1)}}}`],
    ["Zed's older settings", '{"context_servers":{"a":{"command":{"path":"npx","args":["-y","x"],"env":null}}}}'],
    ['OpenCode', '{"mcp":{"a":{"type":"local","command":["npx","-y","x"],"enabled":true,"environment":{}}}}'],
    ['OpenCode 2', '{"mcp":{"servers":{"a":{"type":"local","command":["npx","-y","x"]}}}}'],
    ["Amp's settings", `{"amp.mcpServers":{"a":${json}}}`],
    ["Continue's list", `{"mcpServers":[{"name":"a",${json.slice(1)}]}`],
    ['a map without a holder', `{"a":${json}}`],
    ['members without braces, as READMEs show them', `"mcpServers": {"a": ${json}},\n`],
    ['an entry with its name and without braces', `"a": ${json}`],
    ['a single entry that says its name', `{"name":"a",${json.slice(1)}`],
  ])('%s: the server is read', (_, text) => {
    const { servers, problems } = configServers(text, env);
    expect(problems).toEqual([]);
    expect(servers).toEqual([{ ...one, era: 'auto', spare: true }]);
  });

  test('a server that is called as a key of entries is a server', () => {
    const { servers } = configServers(`{"mcpServers":{"command":${json},"url":${json}}}`, env);
    expect(servers.map(({ name }) => name)).toEqual(['command', 'url']);
  });

  test('numbers and booleans are handed on as they are written, nulls and empty lists are nothing', () => {
    const text = `{"mcpServers":{"a":{"command":"c","args":["--port",8080,true,null,12345678901234567890],"cwd":null,"era":null,
      "env":{"PORT":8080,"ON":false,"NONE":null,"BIG":12345678901234567890}},
      "b":{"command":"c","args":null,"env":[]},"c":{"command":"c","env":["A=1","B=x=y"]}}}`;
    const { servers, problems } = configServers(text, env);
    expect(problems).toEqual([]);
    expect(servers).toMatchObject([
      {
        args: ['--port', '8080', 'true', '12345678901234567890'],
        env: { PORT: '8080', ON: 'false', BIG: '12345678901234567890' },
        cwd: null,
      },
      { args: [], env: {} },
      { env: { A: '1', B: 'x=y' } },
    ]);
    expect(servers[0]?.env).not.toHaveProperty('NONE');
  });

  test('UTF-16 of both orders, with a mark and without, is read as text', () => {
    const little = Buffer.from('\uFEFF{"a":"é"}', 'utf16le');
    for (const bytes of [
      little,
      little.subarray(2),
      Buffer.from(little).swap16(),
      Buffer.from(little).swap16().subarray(2),
    ]) {
      expect(decodedText(bytes)).toBe('{"a":"é"}');
    }
    expect(decodedText(Buffer.from('\uFEFF{}'))).toBe('{}');
    expect(decodedText(Buffer.from(''))).toBe('');
  });

  test('an entry that needs more than we do is left out and says why; the others are served', () => {
    const { servers, problems } = read({
      far: { type: 'http', url: 'https://user:secret@example.com/mcp' },
      hidden: { command: 'c', envFile: '.env' },
      off: { command: 'c', enabled: false },
      fine: entry,
    });
    expect(servers.map(({ name }) => name)).toEqual(['fine']);
    expect(problems.map((problem) => problemSentence(problem, textIn('en')))).toEqual([
      expect.stringMatching(/far is left out.*URL.*without a user name.*headers/),
      expect.stringMatching(/hidden is left out.*envFile.*env/),
    ]);
  });

  test('a title that stands there twice is named, and the last one counts, as with the clients', () => {
    const { servers, problems } = configServers('{"mcpServers":{"a":{"command":"x"},\n"a":{"command":"y"}}}', env);
    expect(servers.map(({ command }) => command)).toEqual(['y']);
    expect(problems).toMatchObject([{ kind: 'repeated', server: 'a', place: { line: 1, column: 16 } }]);
  });
});

describe('an entry that says two things is served, and what was taken is named', () => {
  const told = (servers: Readonly<Record<string, unknown>>) => {
    const config = configServers(JSON.stringify({ mcpServers: servers }), env, undefined, () => '');
    return { ...config, said: config.problems.map((problem) => problemSentence(problem, textIn('en'), 's.json')) };
  };

  test('with a command beside its URL, by the command', () => {
    const { servers, said } = told({
      a: { command: 'c', url: 'https://a.example/mcp', type: 'http' },
      b: { command: 'c', url: '' },
      c: { command: '', serverUrl: 'https://a.example/mcp' },
    });
    expect(servers).toMatchObject([{ command: 'c' }, { command: 'c' }]);
    expect(said).toEqual([expect.stringMatching(/^s\.json:1:41: .*a has a command and url: the command is started/)]);
  });

  test('with several defaults, by the first', () => {
    const marked = { command: 'c', default: true };
    const { defaultServer, said, problems } = told({ off: { ...marked, disabled: true }, a: marked, b: marked });
    expect(defaultServer).toBe('a');
    expect(said).toEqual([expect.stringMatching(/b says "default": true, and so does a, .* is the default/)]);
    expect(
      problemSentence({ ...problems[0], kind: 'second-default', server: 'b', taken: 'a' }, textIn('zh-Hant')),
    ).toMatch(/a 寫在前面/);
  });
});

describe('a mistake is named with its place and the likely cure', () => {
  const said = (text: string) =>
    configServers(text, env).problems.map((problem) => problemSentence(problem, textIn('en'), 's.json'));

  test.each([
    [
      '{\n "mcpServers": {\n  "a": { "command": "x" "args": [] }\n }\n}',
      /^s\.json:3:25: A comma is missing before "args"/,
    ],
    ['{"mcpServers":{\r\n"a":{"comand":"x"}}}', /^s\.json:2:6: .*a is left out.*command in place of comand/],
    ['{"mcpServers":{"a":{"command":"x","arg":["y"]}}}', /^s\.json:1:35: arg means nothing.*args/],
    ['{"mcpServers":{"a":{"command":"x","Env":{}}}}', /^s\.json:1:35: Env means nothing.*env/],
    ['{"mcpservers":{"a":{"command":"x"}}}', /^s\.json:1:2: .*mcpServers in place of mcpservers/],
    ['{"mcpServer":{"a":{"command":"x"}}}', /^s\.json:1:2: .*mcpServers in place of mcpServer/],
    ['{"mcpServers":{"天":{"command":\'x\'}}}', /^s\.json:1:31: .*double quotes/],
    ['{"mcpServers":{“a”:{}}}', /^s\.json:1:16: .*double quotes/],
    ['{"mcpServers":{"a":{"command":npx}}}', /^s\.json:1:31: npx is no JSON value/],
    ['{"mcpServers":{"a":{"command":"c","spare":True}}}', /^s\.json:1:43: True is no JSON value/],
    ['{"mcpServers":{"a":{"command":"C:\\Users"}}}', /^s\.json:1:34: .*backslash/],
    ['{"mcpServers":{"a":{"command":"x}}}\n', /^s\.json:1:31: .*no closing quote/],
    ['{"mcpServers":\n{"a":{"command":"x"}', /^s\.json:2:1: The { that opens here is never closed/],
    ['{"mcpServers":{"a":{"args":["x"}}}', /^s\.json:1:32: .*does not close/],
    ['{"mcpServers":{}}}', /^s\.json:1:18: The JSON ends before }/],
    ['{"mcpServers" {}}', /^s\.json:1:15: A colon is missing/],
    ['{"mcpServers":{"a":{"command":"c","args":[["x"]]}}}', /^s\.json:1:43: .*args/],
    ['{"mcpServers":{"a":{"command":"c","env":{"A":{}}}}}', /^s\.json:1:46: .*env/],
    ['[mcp_servers.nas]\ncommand = "npx"\n', /^s\.json: This is TOML/],
    ['# servers\ntitle = "x"\n', /^s\.json: This is TOML/],
    ['mcpServers:\n  nas:\n    command: npx\n', /^s\.json: This is YAML/],
    ['---\nmcpServers: {}\n', /^s\.json: This is YAML/],
    ['{\\rtf1\\ansi {"mcpServers":{}}}', /^s\.json: This is rich text/],
    ['<!doctype html>', /^s\.json: This is a web page/],
    ['', /^s\.json: The file is empty/],
    [' \n// nothing yet\n', /^s\.json: The file is empty/],
  ])('%j', (text, sentence) => {
    expect(said(text)).toEqual([expect.stringMatching(sentence)]);
    const chinese = configServers(text, env).problems.map((problem) => problemSentence(problem, textIn('zh-Hant')));
    expect(chinese[0]).toMatch(/[一-鿿]/);
  });

  test('words that clients write for themselves are no slips', () => {
    const text = JSON.stringify({
      mcpServers: {
        a: { type: 'stdio', command: 'c', timeout: 60, autoApprove: [], alwaysAllow: [], tags: [], description: '' },
      },
    });
    expect(said(text)).toEqual([]);
  });

  test('brackets without end neither use up the stack nor take long', () => {
    expect(said('['.repeat(100_000))).toEqual([expect.stringMatching(/nested too deeply/)]);
  });
});

describe('names of servers', () => {
  const names = (...titles: string[]) => [...namesFor(titles).values()];

  test('keep the letters, digits and marks of every script, composed', () => {
    expect(
      names('天氣', '新聞 mcp', 'Cafe\u0301 NAS', 'שרת', 'İstanbul', 'ＮＡＳ', 'हिन्दी', '🚀 Rocket', '❤️ x', 'Ⅷ'),
    ).toEqual(['天氣', '新聞-mcp', 'caf\u00e9-nas', 'שרת', 'i\u0307stanbul', 'ｎａｓ', 'हिन्दी', 'rocket', 'x', 'ⅷ']);
  });

  test('of ASCII titles are as they always were', () => {
    const shipped = (title: string) =>
      title
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, '-')
        .replace(/^[-.]+|-+$/g, '');
    const titles = [
      'My Server (v2)',
      '../up',
      'a%2Fb',
      '_x',
      'nas-2',
      'a/b',
      'C:\\x y',
      'x'.repeat(200),
      'mcp',
      'A.B-',
      '~~a',
    ];
    expect(names(...titles)).toEqual(titles.map(shipped));
  });

  test('are made of nothing that a path or a log would take for something else', () => {
    const titles = [
      '..',
      '.',
      '!!!',
      '🚀',
      '\u200b',
      '\u3164',
      '\ud800',
      ' ',
      '',
      '/',
      '%2e%2e',
      '\u202eabc',
      '\u0301',
    ];
    const made = names(...titles);
    expect(new Set(made).size).toBe(titles.length);
    for (const name of made) expect(name).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]*$/u);
    expect(() => made.map(encodeURIComponent)).not.toThrow();
  });

  test('that are very long are cut between letters and told apart by a hash', () => {
    const [one = '', two = ''] = names('天'.repeat(300), `${'天'.repeat(300)}x`);
    expect(one).not.toBe(two);
    expect(one.length).toBeLessThanOrEqual(64);
    expect(names(`a${'𠮷'.repeat(100)}`)[0]?.isWellFormed()).toBe(true);
  });

  test('that collide: a title that is the name has it, else the first; the others get a hash of their title', () => {
    const [first, second, third] = names('My NAS', 'my nas', 'MY-NAS');
    expect(first).toBe('my-nas');
    expect(second).toMatch(/^my-nas-[\da-f]{6}$/);
    expect(third).toMatch(/^my-nas-[\da-f]{6}$/);
    expect(names('My NAS', 'my-nas')[1]).toBe('my-nas');
    expect(names('X', 'My NAS', 'my nas')[2]).toBe(second);
  });

  test('are not taken by entries that are off or cannot be used', () => {
    const { servers } = configServers(
      '{"Nas":{"url":"nas.lan/mcp"},"NAS":{"command":"a","disabled":true},"nAs":{"command":"b","args":3},"naS":{"command":"c"}}',
      {},
    );
    expect(servers).toMatchObject([{ name: 'nas', title: 'naS', command: 'c' }]);
  });

  test('stay when a server beside them is removed, so that its address leads to no other', () => {
    const before = configServers('{"My NAS":{"command":"a"},"my nas":{"command":"b"}}', {});
    const after = configServers('{"my nas":{"command":"b"}}', {}, before.names);
    expect(after.servers.map(({ name }) => name)).toEqual([before.servers[1]?.name]);
    expect(serverNamed('my-nas', after.servers)).toBeUndefined();
    expect(serverNamed('My NAS', after.servers)).toBeUndefined();
    expect(serverNamed('my nas', after.servers)?.command).toBe('b');
  });

  test('a server is found by its name and by its title, however that is composed, and by the name of earlier versions', () => {
    const { servers } = configServers(
      JSON.stringify({ 'Café NAS': { command: 'a' }, '新聞 mcp': { command: 'b' }, '股票 tool': { command: 'c' } }),
      {},
    );
    const found = (wanted: string) => serverNamed(wanted, servers)?.command;
    expect(['Café NAS', 'Cafe\u0301 NAS', 'café-nas', 'cafe\u0301-nas', 'caf-nas'].map(found)).toEqual([
      'a',
      'a',
      'a',
      'a',
      'a',
    ]);
    expect([found('mcp'), found('tool'), found('cafe nas'), found('')]).toEqual(['b', 'c', undefined, undefined]);
    const two = configServers(JSON.stringify({ '新聞 mcp': { command: 'b' }, '股票 mcp': { command: 'c' } }), {});
    expect(serverNamed('mcp', two.servers)).toBeUndefined();
    const withoutAscii = configServers(JSON.stringify({ '新聞 伺服器': { command: 'b' }, nas: { command: 'c' } }), {});
    expect(serverNamed('', withoutAscii.servers)).toBeUndefined();
  });
});

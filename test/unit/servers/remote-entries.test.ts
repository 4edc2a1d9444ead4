import { describe, expect, test } from 'vitest';
import { read } from '../../../app/base/schema/index.ts';
import { withoutSecrets } from '../../../app/control/methods.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { Redactor, secretsOf } from '../../../app/log/index.ts';
import { configServers, problemSentence } from '../../../app/servers/index.ts';
import { checkSettings, DEFAULT_SETTINGS, migrate, serverSchema } from '../../../app/settings/index.ts';

const env = { TOKEN: 'abc-123' };
const files = (path: string): string => {
  if (path === 'key.txt') return 'from-a-file\n';
  throw Object.assign(new Error('no'), { code: 'ENOENT' });
};
const entry = (value: object) => configServers(JSON.stringify({ mcpServers: { far: value } }), env, undefined, files);
const remote = { name: 'far', transport: 'auto', headers: {}, era: 'auto' } as const;

describe('An entry with a URL', () => {
  test.each([
    [{ url: 'http://ha.local:8123/api/mcp' }, { url: 'http://ha.local:8123/api/mcp' }],
    [
      { serverUrl: 'https://a.example/mcp#top', type: 'http' },
      { url: 'https://a.example/mcp', transport: 'streamable' },
    ],
    [{ httpUrl: 'https://a.example/mcp' }, { url: 'https://a.example/mcp', transport: 'streamable' }],
    [
      { url: 'https://a.example/sse', transport: 'SSE' },
      { url: 'https://a.example/sse', transport: 'sse' },
    ],
    [
      { uri: 'https://a.example/mcp', type: 'streamable_http' },
      { url: 'https://a.example/mcp', transport: 'streamable' },
    ],
    [{ url: 'https://a.example/mcp', type: 'remote', command: '' }, { url: 'https://a.example/mcp' }],
    [
      { url: 'https://a.example/mcp', headers: { Authorization: 'Bearer ${TOKEN}', 'X-Key': '${file:key.txt}' } },
      { url: 'https://a.example/mcp', headers: { Authorization: 'Bearer abc-123', 'X-Key': 'from-a-file' } },
    ],
    [
      { url: 'https://a.example/mcp', requestInit: { headers: { A: 'b' } }, bearer_token_env_var: 'TOKEN' },
      { url: 'https://a.example/mcp', headers: { A: 'b', Authorization: 'Bearer abc-123' } },
    ],
    [
      {
        url: 'https://a.example/mcp',
        tls: { ca: '/etc/${TOKEN}.pem', cert: '/c.pem', key: '/k.pem', sha256: `SHA256=${'AA:'.repeat(31)}AA` },
      },
      {
        url: 'https://a.example/mcp',
        tls: { ca: '/etc/abc-123.pem', cert: '/c.pem', key: '/k.pem', fingerprint: 'aa'.repeat(32) },
      },
    ],
    [{ url: 'https://a.example/mcp', tls: { rejectUnauthorized: false } }, { url: 'https://a.example/mcp' }],
  ])('%j is a remote server', (value, expected) => {
    const { servers, problems } = entry(value);
    expect(problems).toEqual([]);
    expect(servers).toEqual([{ ...remote, ...expected }]);
    expect(read(serverSchema, servers[0]).ok).toBe(true);
  });

  test.each([
    [{ url: 'ftp://a.example' }, 'bad-url', 'http:// or https://'],
    [{ url: 'https://user:pw@a.example' }, 'bad-url', 'headers'],
    [{ url: 'https://a.example', type: 'websocket' }, 'bad-entry', 'type'],
    [{ type: 'http' }, 'bad-entry', 'url'],
    [{ url: 'https://a.example', headers: { Host: 'b' } }, 'bad-header', 'Host'],
    [{ url: 'https://a.example', headers: { 'Mcp-Session-Id': 'b' } }, 'bad-header', 'Mcp-Session-Id'],
    [{ url: 'https://a.example', headers: { A: 'b\r\nC: d' } }, 'bad-header', 'single lines'],
    [{ url: 'https://a.example', headers: { A: '${NONE}' } }, 'missing-variable', 'NONE'],
    [{ url: 'https://a.example', headers: { A: '${file:gone}' } }, 'header-file', 'ENOENT'],
    [{ url: 'https://a.example', header: { A: 'b' } }, 'unknown-key', 'headers'],
    [{ url: 'https://a.example', tls: { fingerprint: 'AA:BB' } }, 'bad-entry', 'tls.fingerprint'],
    [{ url: 'https://a.example', tls: { cert: '/c.pem' } }, 'bad-entry', 'tls'],
  ])('%j is named with what is wrong', (value, kind, told) => {
    const { problems } = entry(value);
    expect(problems.map((problem) => problem.kind)).toEqual([kind]);
    const [problem] = problems;
    if (problem !== undefined) expect(problemSentence(problem, textIn('en'))).toContain(told);
    if (problem !== undefined) expect(problemSentence(problem, textIn('zh-Hant'))).not.toBe('');
  });

  test.each(['requestOptions', 'requestInit'])('is served, and what of its %s is not used is named', (map) => {
    const used = { headers: { 'X-Key': 'k' }, timeout: 7000, verifySsl: true, insecure: false, noProxy: [] };
    const unused = {
      verifySsl: false,
      caBundlePath: ['/ca.pem'],
      proxy: 'http://p.lan:3128',
      clientCertificate: { cert: '/c' },
    };
    const { servers, problems } = entry({ url: 'https://a.example/mcp', [map]: { ...used, ...unused } });
    expect(servers).toMatchObject([{ headers: { 'X-Key': 'k' } }]);
    const keys = Object.keys(unused).map((key) => `${map}.${key}`);
    expect(problems.map((problem) => 'key' in problem && problem.key)).toEqual(keys);
    expect(entry({ url: 'https://a.example/mcp', [map]: used }).problems).toEqual([]);
    expect(entry({ command: 'x', [map]: unused }).problems).toEqual([]);
  });

  test.each([
    ['headersHelper', '/usr/local/bin/token'],
    ['authProviderType', 'google_credentials'],
    ['env_keys', ['API_KEY']],
    ['socket', '/run/mcp.sock'],
    ['clientCert', '/c.pem'],
    ['api_key_env', 'API_KEY'],
    ['oidc', true],
    ['client_cert', ['/a.pem', '/a.key']],
    ['sslVerify', false],
    ['ssl_verify', '/ca.pem'],
    ['rejectUnauthorized', false],
    ['insecure', true],
    ['ca_bundle', '/ca.pem'],
    ['proxy', 'http://proxy.lan:3128'],
  ])('is served, and what it would be shown by its %s alone is told of', (key, value) => {
    const { servers, problems } = entry({ url: 'https://a.example/mcp', [key]: value });
    expect(servers).toHaveLength(1);
    expect(problems).toMatchObject([{ kind: 'unused-key', server: 'far', key }]);
    for (const language of ['en', 'zh-Hant'] as const) {
      for (const problem of problems) expect(problemSentence(problem, textIn(language))).toContain(key);
    }
  });

  test.each([
    ['headersHelper', ''],
    ['authProviderType', 'dynamic_discovery'],
    ['env_keys', []],
    ['oidc', false],
    ['clientKey', null],
    ['sslVerify', true],
  ])('with a %s that says nothing has nothing told of it', (key, value) => {
    expect(entry({ url: 'https://a.example/mcp', [key]: value }).problems).toEqual([]);
    expect(entry({ command: 'nas-mcp', [key]: '/x' }).problems).toEqual([]);
  });

  test('keeps what is written literally where it was pasted, and where clients name a variable instead of a value too', () => {
    const pasted = (value: object) => configServers(JSON.stringify({ mcpServers: { far: value } }), null);
    const headers = { A: '${TOKEN}', B: '${env:TOKEN}', C: '${file:key.txt}', D: '${TOKEN:-x}' };
    const { servers, problems } = pasted({
      url: 'https://a.example/mcp?k=${TOKEN}',
      headers,
      bearer_token_env_var: 'TOKEN',
      env_http_headers: { E: 'TOKEN' },
      oauth: { clientId: '${TOKEN}', clientSecret: '${file:key.txt}' },
      tls: { ca: '/${TOKEN}.pem' },
    });
    expect(problems).toEqual([]);
    expect(servers).toMatchObject([
      {
        url: 'https://a.example/mcp?k=${TOKEN}',
        headers: { ...headers, E: '${TOKEN}', Authorization: 'Bearer ${TOKEN}' },
        oauth: { clientId: '${TOKEN}', clientSecret: '${file:key.txt}' },
        tls: { ca: '/${TOKEN}.pem' },
      },
    ]);
  });

  test('has no file read for it unless its owner named the config file', () => {
    const { servers } = configServers(
      JSON.stringify({ far: { url: 'https://a.example', headers: { A: '${file:x}' } } }),
      env,
    );
    expect(servers).toMatchObject([{ headers: { A: '${file:x}' } }]);
  });
});

describe('lanCredentials of an entry', () => {
  const lent = { url: 'https://a.example/mcp', lanCredentials: true };

  test('counts in a file that its owner has named, and not in what is pasted or imported', () => {
    expect(entry(lent).servers).toEqual([{ ...remote, ...lent }]);
    const pasted = configServers(JSON.stringify({ mcpServers: { far: lent } }), env);
    expect(pasted).toMatchObject({ servers: [{ ...remote, url: lent.url }], problems: [] });
    expect(pasted.servers[0]).not.toHaveProperty('lanCredentials');
  });

  test('is a boolean', () => {
    expect(entry({ ...lent, lanCredentials: 'yes' }).problems).toMatchObject([
      { kind: 'bad-entry', field: 'lanCredentials' },
    ]);
    expect(read(serverSchema, { ...remote, ...lent })).toMatchObject({ ok: true, value: lent });
    expect(read(serverSchema, { ...remote, ...lent, lanCredentials: 'yes' }).ok).toBe(false);
  });
});

describe('A remote server of the settings', () => {
  const server = {
    ...remote,
    url: 'https://a.example/mcp',
    headers: { Authorization: 'Bearer abc-123-secret', 'X-Pin': '77' },
  } as const;
  const settings = {
    ...DEFAULT_SETTINGS,
    servers: [{ ...server, url: 'https://a.example/mcp?api_key=qwertz-98765' }],
  } as const;

  test('is stored and read again, and a program beside it stays as it was', () => {
    const program = { name: 'p', command: 'c', args: [], env: {}, cwd: null, era: 'auto', spare: true };
    expect(read(serverSchema, program)).toMatchObject({ ok: true, value: program });
    expect(Object(migrate({ schemaVersion: 2, settings: { servers: [program, server] } })).settings.servers).toEqual([
      program,
      server,
    ]);
  });

  test('that is wrong is told of by the place and the kind of the fault', () => {
    const faults = (value: object) => {
      const result = read(serverSchema, { ...server, ...value });
      return result.ok ? [] : result.faults;
    };
    expect(faults({ url: 'nas.lan' })).toEqual([{ path: 'url', kind: 'pattern' }]);
    expect(faults({ transport: 'x' })).toEqual([{ path: 'transport', kind: 'choice' }]);
    expect(faults({ headers: { Host: 'a' } })).toEqual([{ path: 'headers.Host', kind: 'unknown' }]);
    expect(faults({ headers: { A: 'a\nb' } })).toEqual([{ path: 'headers.A', kind: 'pattern' }]);
    const withUser = { ...settings, servers: [{ ...server, url: 'https://me:pw@a.example' }] };
    expect(checkSettings(withUser)).toEqual([{ path: 'servers.0.url', reason: 'not-a-server-address' }]);
  });

  test('gives away no header and no key in its URL, in settings that are shown or in the log', () => {
    const shown = withoutSecrets(settings);
    expect(shown.hidden.toSorted()).toEqual([
      'servers.0.headers.Authorization',
      'servers.0.headers.X-Pin',
      'servers.0.url',
    ]);
    expect(JSON.stringify(shown.settings)).not.toMatch(/abc-123-secret|77|qwertz/);
    const redactor = new Redactor(secretsOf(settings));
    expect(redactor.text('sent abc-123-secret and qwertz-98765')).not.toMatch(/abc-123-secret|qwertz/);
  });
});

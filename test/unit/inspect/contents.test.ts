import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ContentStore } from '../../../app/inspect/contents.ts';
import { Recorder } from '../../../app/inspect/index.ts';
import { maskedJson } from '../../../app/inspect/mask.ts';
import { Redactor } from '../../../app/log/index.ts';

const KNOWN = 'pa"ss\\wörd-of-mine';
const redactor = new Redactor([KNOWN]);
const JWT = `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxMjM0NTY3ODkwIn0'}.dozjgNryP4J3jK`;
const masked = (value: unknown) => maskedJson(JSON.stringify(value), redactor).text;

/** Every way in which a secret stands in a message, with the part of it that must not be shown. */
const SECRETS: readonly (readonly [string, unknown, string])[] = [
  ...['password', 'passwd', 'secret', 'token', 'api_key', 'apiKey', 'API-KEY', 'client_secret', 'accessToken'].map(
    (name) => [`named ${name}`, { params: { arguments: { [name]: 'hunter2x' } } }, 'hunter2x'] as const,
  ),
  ...['refresh_token', 'id_token', 'authorization', 'cookie', 'private_key', 'passphrase', 'session_id'].map(
    (name) => [`named ${name}`, { result: [{ deep: { [name]: 'hunter-2-x' } }] }, 'hunter-2-x'] as const,
  ),
  ['in an object of credentials', { credentials: { user: 'me', value: 'k3y-of-mine' } }, 'k3y-of-mine'],
  ['in an array of tokens', { tokens: ['a1b2c3d4e5', 'z9y8x7w6v5'] }, 'z9y8x7w6v5'],
  ['a number that is a password', { password: 31415926 }, '31415926'],
  ['a number that is a PIN', { pin: 271828 }, '271828'],
  ['known, with characters that JSON escapes', { text: `it is ${KNOWN}` }, 'rd-of-mine'],
  ['known, as a member', { note: KNOWN }, 'rd-of-mine'],
  ['known, as base64', { note: Buffer.from(KNOWN).toString('base64') }, Buffer.from(KNOWN).toString('base64')],
  ['known, in a URL', { note: `https://x.lan/?q=${encodeURIComponent(KNOWN)}` }, 'rd-of-mine'],
  ['in JSON in a string', { text: JSON.stringify({ api_key: 'hunter2x' }) }, 'hunter2x'],
  [
    'in JSON in JSON in a string',
    { text: JSON.stringify({ text: JSON.stringify([{ token: 'hunter2x' }]) }) },
    'hunter2x',
  ],
  ['in an object that is named like a secret', { password: { value: 'hunter2x' } }, 'hunter2x'],
  ['in an object of keys', { apiKeys: { weather: { main: 'hunter2x' } } }, 'hunter2x'],
  ['in a pair of name and value', { env: [{ name: 'API_KEY', value: 'hunter2x' }] }, 'hunter2x'],
  [
    'in a pair whose value comes first',
    { headers: [{ value: 'hunter2x', secure: true, name: 'X-Api-Key' }] },
    'hunter2x',
  ],
  ['in a pair of key and value', { vars: [{ id: 1, key: 'db_password', value: { text: 'hunter2x' } }] }, 'hunter2x'],
  ['in an argument behind its option', { args: ['-v', '--password', 'hunter2x'] }, 'hunter2x'],
  ['in prose', { text: 'Use the token sk-proj-abcdefgh12345678 for that' }, 'abcdefgh12345678'],
  ['in a header in prose', { text: 'Authorization: Bearer abcdefgh12345678' }, 'abcdefgh12345678'],
  ['in the user part of a URL', { uri: 'postgres://me:hunter2x@db.lan/x' }, 'hunter2x'],
  ['in a query', { uri: 'https://x.lan/?access_token=hunter2x' }, 'hunter2x'],
  ['as a key of a table', { [`ghp_${'a1B2'.repeat(9)}`]: 1 }, 'a1B2a1B2'],
  ...(
    [
      ['GitHub', `ghp_${'a1B2'.repeat(9)}`],
      ['a GitHub project', `github_pat_${'a1B2'.repeat(9)}`],
      ['GitLab', `glpat-${'a1B2'.repeat(5)}`],
      ['Slack', 'xoxb-123456789012-abcdefghijkl'],
      ['Amazon', 'AKIAIOSFODNN7EXAMPLE'],
      ['Google', `AIza${'a1B2'.repeat(9)}`],
      ['Hugging Face', `hf_${'a1B2'.repeat(8)}`],
      ['npm', `npm_${'a1B2'.repeat(9)}`],
      ['Stripe', `sk_live_${'a1B2'.repeat(6)}`],
      ['Notion', `secret_${'a1B2'.repeat(11)}`],
      ['Home Assistant', JWT],
    ] as const
  ).map(([issuer, secret]) => [`issued by ${issuer}`, { content: [{ text: `It is ${secret}.` }] }, secret] as const),
  ['a private key', { text: `-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----` }, 'MIIEow'],
];

describe('a masked body', () => {
  test('is tried with more than 40 shapes of secrets', () => {
    expect(SECRETS.length).toBeGreaterThan(40);
  });

  test.each(SECRETS)('shows no secret that is %s', (_shape, value, secret) => {
    expect(JSON.stringify(value)).toContain(JSON.stringify(secret).slice(1, -1));
    const shown = masked(value);
    expect(shown).not.toContain(secret);
    expect(() => JSON.parse(shown)).not.toThrow();
    expect(shown).toContain('[redacted]');
  });

  test.each(SECRETS)('shows none that is %s where every character is escaped', (_shape, value, secret) => {
    const { text } = maskedJson(withEscapes(JSON.stringify(value)), redactor);
    expect(JSON.stringify(JSON.parse(text))).not.toContain(JSON.stringify(secret).slice(1, -1));
  });

  test.each(SECRETS)('shows none that is %s where it is cut off at any place', (_shape, value, secret) => {
    const whole = JSON.stringify({ jsonrpc: '2.0', value, filler: 'x'.repeat(40) });
    for (let end = 1; end < whole.length; end++) {
      expect(maskedJson(whole.slice(0, end), redactor).text).not.toContain(secret);
    }
  });

  test('stays as it was where there is nothing to hide, to the last digit', () => {
    const text =
      '{"jsonrpc": "2.0", "id": 9007199254740993, "error": {"code": -32602}, "params": {"_meta": {"progressToken": 7}},' +
      ' "usage": {"input_tokens": 120, "max_tokens": 4096}, "nextCursor": "eyJwYWdlIjoyfQ", "text": "Bücher\\n\\u00e4", "n": 1.0e-5}';
    expect(maskedJson(text, redactor)).toEqual({ text, masked: 0 });
  });

  test('shows the descriptions of parameters that are named like secrets', () => {
    const inSource = { properties: { password: { type: 'string', description: 'Of the account at the bank' } } };
    expect(masked(inSource)).toBe(JSON.stringify(inSource));
    const words = {
      args: ['--token', '--verbose'],
      tools: [{ name: 'token', value: 'true' }],
      required: ['password', 'b1c2'],
    };
    expect(masked(words)).toBe(JSON.stringify(words));
    const inputSchema = {
      type: 'object',
      properties: {
        api_key: { type: 'string', description: 'The API key of the service' },
        password: { minLength: 8 },
      },
      required: ['api_key'],
    };
    expect(masked({ tools: [{ name: 'login', inputSchema }] })).toBe(
      JSON.stringify({ tools: [{ name: 'login', inputSchema }] }),
    );
  });
});

/** The same JSON, each character of each string as an escape. */
function withEscapes(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/g, (literal) => {
    const units = [...Array.from({ length: JSON.parse(literal).length }).keys()];
    const codes = units.map((at) => String(JSON.parse(literal)).charCodeAt(at).toString(16).padStart(4, '0'));
    return `"${codes.map((code) => `\\u${code}`).join('')}"`;
  });
}

describe('the store of contents', () => {
  const limits = { bytes: 1000, body: 100, age: 60_000 };
  const body = (text: string) => Buffer.from(JSON.stringify({ text }));

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  test('keeps the newest within its bytes, and the beginning of a long one', () => {
    const store = new ContentStore(limits);
    store.keepOf(new Map([['nas', []]]));
    for (let call = 1; call <= 5; call++) store.add('nas', call, 'sent', body('x'.repeat(500)));
    expect(store.of(1)).toBeNull();
    expect(store.of(2)).toBeNull();
    expect(store.of(5)).toMatchObject({ sent: { bytes: 511, isCut: true }, received: null });
    expect(store.bytes).toBeLessThanOrEqual(1000);
    expect(store.request(5)).toEqual({ kind: 'cut' });
    expect(store.request(1)).toEqual({ kind: 'not-kept' });
  });

  test('forgets what is old', () => {
    const store = new ContentStore(limits);
    store.keepOf(new Map([['nas', []]]));
    store.add('nas', 1, 'sent', body('a'));
    vi.advanceTimersByTime(30_000);
    store.add('nas', 2, 'sent', body('b'));
    vi.advanceTimersByTime(35_000);
    expect(store.of(1)).toBeNull();
    expect(store.of(2)?.sent?.text).toBe('{"text":"b"}');
    vi.advanceTimersByTime(60_000);
    expect([store.of(2), store.bytes]).toEqual([null, 0]);
  });

  test('wipes what it has of a server that is switched off, and keeps what it has of the others', () => {
    const store = new ContentStore(limits);
    store.keepOf(
      new Map([
        ['nas', []],
        ['cam', []],
      ]),
    );
    store.add('nas', 1, 'sent', body('a'));
    store.add('cam', 2, 'sent', body('b'));
    store.keepOf(new Map([['cam', []]]));
    expect(store.of(1)).toBeNull();
    expect(store.of(2)).not.toBeNull();
    store.clear();
    expect(store.bytes).toBe(0);
  });

  test('gives a request out for sending it again only as it was', () => {
    const store = new ContentStore(limits);
    store.keepOf(new Map([['nas', ['value-of-a-header']]]));
    store.add('nas', 1, 'sent', body('plain'));
    store.add('nas', 2, 'sent', body('value-of-a-header'));
    expect(store.request(1)).toEqual({ kind: 'whole', json: body('plain') });
    expect(store.request(2)).toEqual({ kind: 'masked' });
    expect(store.of(2)).toMatchObject({ sent: { text: '{"text":"[redacted]"}', masked: 1 } });
  });
});

test('the recorder keeps nothing that messages say unless that is switched on for their server', () => {
  const recorder = new Recorder();
  const json = (value: object) => Buffer.from(JSON.stringify(value));
  const call = (server: string) => {
    const wire = recorder.server(server).session('stdio');
    const request = wire.request('tools/call', 1, json({ params: { name: 'echo' } }), performance.now());
    request.answered(json({ result: { text: 'hello' } }));
    return recorder.contents(request.sequence);
  };
  expect(call('nas')).toBeNull();
  recorder.keepContents(new Map([['nas', []]]));
  expect(call('nas')).toMatchObject({
    sent: { text: '{"params":{"name":"echo"}}', masked: 0, isCut: false },
    received: { text: '{"result":{"text":"hello"}}' },
  });
  expect(call('cam')).toBeNull();
  recorder.keepContents(new Map());
  expect(call('nas')).toBeNull();
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textIn } from '../../../app/i18n/index.ts';
import { MESSAGE_LIMIT, REDACTED, Redactor } from '../../../app/log/redact.ts';
import { isSecretName } from '../../../app/log/secret-names.ts';

const redactor = new Redactor();

describe('a secret in a text', () => {
  it.each([
    ['bearer credentials', 'Authorization: Bearer abc.DEF-123', 'abc.DEF-123'],
    ['basic credentials', 'got Proxy-Authorization: Basic dXNlcjpwYXNz here', 'dXNlcjpwYXNz'],
    ['a scheme alone', 'sent Bearer hunter2hunter2 and failed', 'hunter2hunter2'],
    ['digest parameters', 'Authorization: Digest username="x", response="0123abcd"', '0123abcd'],
    ['cookies', 'Cookie: a=1; sid=s3ss10n; b=2', 's3ss10n'],
    ['headers as a JSON list', '["authorization","Basic dXNlcjpwYXNz"]', 'dXNlcjpwYXNz'],
    ['userinfo in a URL', 'via http://jason:p4ss%40word@proxy.corp:3128/', 'p4ss%40word'],
    ['userinfo with a bare @', 'via http://jason:p4ss@word@proxy.corp:3128/', 'word@'],
    ['a token as the user name', 'via socks5://t0k3n@proxy.corp', 't0k3n'],
    ['a query parameter', 'GET /mcp?token=s3cr3t HTTP/1.1', 's3cr3t'],
    ['a key in a query', 'https://api.test/v1?key=AbC123&x=1', 'AbC123'],
    ['a session in a query', 'POST /messages?session_id=5f2d-44', '5f2d-44'],
    ['an environment assignment', 'OPENAI_API_KEY=abc123 npx server', 'abc123'],
    ['a quoted assignment', `DB_PASSWORD='two words'`, 'words'],
    ['an escaped quote in a value', String.raw`{"password":"a\"b c"}`, 'b c'],
    ['a JSON member', '{"clientSecret": "s3cr3t"}', 's3cr3t'],
    ['JSON inside JSON', String.raw`{"body":"{\"access_token\":\"s3cr3t\",\"n\":1}"}`, 's3cr3t'],
    ['YAML', 'db_pass: s3cr3t', 's3cr3t'],
    ['an option with its value behind it', 'spawned srv --api-token s3cr3t --port 1', 's3cr3t'],
    ['an option in an argument list', '["--password","s3cr3t"]', 's3cr3t'],
    ['a GitHub token', 'fetch failed for ghp_abcdefghijklmnopqrstuvwxyz012345', 'ghp_abcdef'],
    ['an OpenAI key', 'Incorrect API: sk-proj-abcdefghijklmnop1234', 'abcdefghijklmnop1234'],
    ['a JSON Web Token', 'saw eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'c2lnbmF0dXJl'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAK\n-----END RSA PRIVATE KEY-----', 'MIIEowIBAAK'],
    ['a private key cut short', '-----BEGIN PRIVATE KEY-----\nMIIEowIBAAK', 'MIIEowIBAAK'],
  ])('does not come out: %s', (_name, text, secret) => {
    const clean = redactor.text(text);
    expect(clean).not.toContain(secret);
    expect(clean).toContain(REDACTED);
  });

  it('leaves what surrounds it', () => {
    expect(redactor.text('via http://u:p@proxy.corp:3128/ to nas.lan:443')).toBe(
      `via http://${REDACTED}@proxy.corp:3128/ to nas.lan:443`,
    );
    expect(redactor.text('run TOKEN=abc node server.js')).toBe(`run TOKEN=${REDACTED} node server.js`);
  });

  it.each([
    '192.168.1.20:8123 - No route to host (EHOSTUNREACH) Nobody answered at that address.',
    'TokenExpiredError: jwt expired',
    "KeyError: 'temperature'",
    'passed: 12, failed: 0, keyboard: us',
    'GET http://registry.test/@scope/package?page=2',
    'a token is required',
    '{"monkey":"banana","path":"/tmp/x"}',
  ])('is not seen where there is none: %s', (text) => {
    expect(redactor.text(text)).toBe(text);
  });
});

describe('a secret known literally', () => {
  it('does not come out in any spelling', () => {
    const secret = 'pa/ss "w&rd"';
    const knowing = new Redactor([secret]);
    for (const spelling of [secret, encodeURIComponent(secret), JSON.stringify(secret)]) {
      expect(knowing.text(`x${spelling}y`)).not.toContain('ss');
    }
  });

  it('may change while the log is in use', () => {
    const changing = new Redactor(['first-secret']);
    changing.protect(['second-secret']);
    expect(changing.text('first-secret second-secret')).toBe(`first-secret ${REDACTED}`);
  });

  it('is taken out whole when it contains another', () => {
    expect(new Redactor(['abcd', 'abcdefgh']).text('abcdefgh')).toBe(REDACTED);
  });

  it('of one or two letters does not tear words apart', () => {
    expect(new Redactor(['a', '']).text('a banana')).toBe('a banana');
  });
});

describe('fields of a log line', () => {
  it('are judged by name and by content, and keep their types', () => {
    const clean = redactor.fields({
      apiKey: 'x',
      accessToken: 12,
      url: 'http://u:p@h/',
      status: 502,
      ready: true,
      gone: null,
    });
    expect(clean).toEqual({
      apiKey: REDACTED,
      accessToken: REDACTED,
      url: `http://${REDACTED}@h/`,
      status: 502,
      ready: true,
      gone: null,
    });
  });

  it.each(['GITHUB_TOKEN', 'PGPASSWORD', 'AWS_SECRET_ACCESS_KEY', 'apiKey', 'DB_PASS', 'X-Api-Key', 'NPM_AUTH'])(
    'named %s are secret',
    (name) => expect(isSecretName(name)).toBe(true),
  );

  it.each(['PATH', 'HOME', 'client', 'session', 'author', 'keyboard', 'bypass', 'signal'])('named %s are not', (name) =>
    expect(isSecretName(name)).toBe(false),
  );
});

describe('a hint of the catalogue that the log carries', () => {
  it.each(['en', 'zh-Hant'] as const)(
    'stands there word for word in %s, with no example that is taken for a secret',
    (language) => {
      const { failures, gateway } = textIn(language);
      const hints = [...stringsIn(failures), gateway.refused['reverse-proxy']];
      expect(hints.length).toBeGreaterThan(40);
      expect(hints.map((hint) => redactor.text(hint))).toEqual(hints);
    },
  );

  function stringsIn(words: object): readonly string[] {
    return Object.values(words).flatMap((word: unknown) => {
      if (typeof word === 'string') return [word];
      return typeof word === 'object' && word !== null ? stringsIn(word) : [];
    });
  }
});

describe('an endless message', () => {
  it('is clipped, and says how long it was', () => {
    const clean = redactor.text('x'.repeat(1_000_000));
    expect(clean.length).toBeLessThan(MESSAGE_LIMIT + 40);
    expect(clean).toContain('1000000 characters');
  });

  it('hides a secret that the clipping cuts in two', () => {
    const secret = 'S'.repeat(200);
    for (const before of [MESSAGE_LIMIT - 100, 32_768 - 100]) {
      expect(new Redactor([secret]).text(`${'-'.repeat(before)}${secret}`)).not.toContain('SSSS');
    }
    const filler = `${'S'.repeat(200)} `.repeat(162);
    expect(new Redactor([secret]).text(`${filler}${secret}`)).not.toContain('SSSS');
  });

  it.each([
    ['dashes', '-'],
    ['letters', 'a'],
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['dots', 'a.'],
    ['token', 'token'],
    ['--token', '--token'],
    ['token=', 'token='],
    ['token="', 'token="'],
    ['key', '_key '],
    ['schemes', 'http://'],
    ['at signs', '://@'],
    ['private keys', '-----BEGIN PRIVATE KEY-----'],
    ['white space', '\t'],
    ['cookies', 'cookie:\t'],
    ['words', 'token \t\t\t\t\t\t\t'],
  ])('made of %s takes no longer than one made of anything else', (_name, unit) => {
    const hostile = unit.repeat(Math.ceil(1_000_000 / unit.length));
    const before = process.cpuUsage();
    redactor.text(hostile);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(250);
  });
});

describe('a planted secret', () => {
  const secrets = fc
    .string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 60 })
    .filter((text) => /^\S+$/.test(text));
  const words = fc.array(fc.constantFrom('to', 'nas.lan:443', 'GET', '/x?a=1', '{', '}', '(', '1', 'für', '權杖'));
  const json = (value: string) => JSON.stringify(value);
  const places: readonly ((secret: string) => string)[] = [
    (secret) => `TOKEN=${json(secret)}`,
    (secret) => `{"api_key":${json(secret)}}`,
    (secret) => `{"headers":{"Authorization":${json(`Bearer ${secret}`)}}}`,
    (secret) => `http://user:${encodeURIComponent(secret)}@host/`,
    (secret) => `?access_token=${encodeURIComponent(secret)}&x=1`,
    (secret) => `--password ${json(secret)}`,
    (secret) => `Authorization: Basic ${Buffer.from(`u:${secret}`).toString('base64')}`,
    // A value that begins with one of these signs may be an empty one, and another parameter or member.
    (secret) => `SECRET_KEY=${secret.replace(/^["'\\&,;]+/, 'x')}`,
  ];

  it('never comes out, whatever stands around it', () => {
    fc.assert(
      fc.property(secrets, words, words, fc.constantFrom(...places), (secret, before, after, place) => {
        const planted = place(secret);
        const clean = redactor.text([...before, planted, ...after].join(' '));
        for (const spelling of [secret, json(secret).slice(1, -1), encodeURIComponent(secret)]) {
          expect(clean).not.toContain(spelling);
        }
        expect(clean).not.toContain(Buffer.from(`u:${secret}`).toString('base64'));
      }),
      { numRuns: 500 },
    );
  });

  it('never comes out anywhere when it is known', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4, maxLength: 60, unit: 'grapheme-ascii' }),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          fc.pre(!REDACTED.includes(secret));
          const clean = new Redactor([secret]).text(`${before}${secret}${after}`);
          expect(clean.replaceAll(REDACTED, '\0')).not.toContain(secret);
        },
      ),
      { numRuns: 500 },
    );
  });
});

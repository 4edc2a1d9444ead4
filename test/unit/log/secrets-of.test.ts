import { describe, expect, it } from 'vitest';
import { REDACTED, Redactor } from '../../../app/log/redact.ts';
import { environmentSecrets, launchSecrets } from '../../../app/log/secrets-of.ts';

const MIX = `Xk29dLq0PzvT81mB${'nQe47WsY3rUh6JcG'}`;

describe('The values of an environment', () => {
  it.each([
    ['NAS_TOKEN', 'sekret-value-777'],
    ['PGPASSWORD', 'correct horse battery'],
    ['DB_PASS', 'hunter2'],
    ['API_KEY', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
    ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCY'],
    ['CLIENT_SECRET', 'abcdefghijklmnopqrst'],
    ['WHATEVER', `ghp${'_'}${MIX}abcd`],
    ['NAS', MIX],
  ])('%s=%s is a secret', (name, value) => {
    expect(environmentSecrets({ [name]: value })).toContain(value);
  });

  it.each([
    ['NAS_HOST', 'db.lan'],
    ['TOKEN_URL', 'https://auth.lan/token'],
    ['SECRET_HOST', 'vault.lan:8200'],
    ['TOKEN_FILE', '/run/secrets/token'],
    ['API_KEY', '/run/secrets/api_key.txt'],
    ['API_TOKEN', '1234567890'],
    ['USE_TOKEN', 'true'],
    ['PASSWORD', 'password'],
    ['SECRET', 'production'],
    ['PATH', '/usr/local/bin:/usr/bin'],
    ['HOME', '/Users/jason'],
    ['PORT', '28080'],
    ['LANG', 'zh_TW.UTF-8'],
    ['TERM_PROGRAM_VERSION', '455.1'],
    ['NODE_ENV', 'production'],
    ['COMMIT', '0123456789abcdef0123456789abcdef01234567'],
    ['REQUEST_ID', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
    ['MAX_TOKENS', '16384000'],
    ['DATABASE', 'postgres://db.lan:5432/customers'],
    ['XPC_SERVICE_NAME', 'application.com.example.MCPGangway2'],
  ])('%s=%s is none', (name, value) => {
    expect(environmentSecrets({ [name]: value })).toEqual([]);
  });

  it('gives the password of an address, not the address', () => {
    expect(environmentSecrets({ DATABASE_URL: 'postgres://me:p%40ss-w0rd@db.lan/x' })).toEqual([
      'p%40ss-w0rd',
      'p@ss-w0rd',
    ]);
  });
});

describe('The arguments of a server', () => {
  it.each([
    [['--token', 'sekret-value-777'], 'sekret-value-777'],
    [['--api-key=sekret-value-777', '--port', '80'], 'sekret-value-777'],
    [['--header', 'Authorization: Bearer sekret-value-777'], 'sekret-value-777'],
    [['--header', 'X-Api-Key:sekret-value-777'], 'sekret-value-777'],
    [['run', '-e', 'NAS_TOKEN=sekret-value-777', 'image'], 'sekret-value-777'],
    [['postgres://me:sekret-value-777@db.lan/x'], 'sekret-value-777'],
  ])('%j hold a secret', (args, secret) => {
    expect(launchSecrets({ env: {}, args })).toContain(secret);
  });

  it('hold none in options about tokens', () => {
    const args = [
      '--max-tokens',
      '409600000',
      '--token-file',
      '/run/secrets/x',
      '--auth',
      'none',
      '--key',
      'customers',
    ];
    expect(launchSecrets({ env: {}, args })).toEqual([]);
  });
});

describe('A known secret', () => {
  const secret = `a"b\\c/d e'f+${'ü'}&777`;
  const redactor = new Redactor([secret]);
  it.each([
    ['as it is', secret],
    ['in JSON', JSON.stringify(secret)],
    ['in JSON inside JSON', JSON.stringify(JSON.stringify(secret))],
    ['in a form', new URLSearchParams({ x: secret }).toString()],
    ['in a path', encodeURIComponent(secret)],
    ['in lower-case percent encoding', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ['in a shell', `'${secret.replaceAll("'", `'\\''`)}'`],
    ...['', 'u', 'us', 'user:'].flatMap((before): [string, string][] => [
      [`in base64 behind ${before.length} bytes`, Buffer.from(`${before}${secret}!!`).toString('base64')],
      [`in base64url behind ${before.length} bytes`, Buffer.from(`${before}${secret}`).toString('base64url')],
    ]),
  ])('does not come out %s', (_how, text) => {
    const clean = redactor.whole(`said ${text} here`);
    expect(clean).toContain(REDACTED);
    expect(clean).not.toContain('777');
    expect(clean.length).toBeLessThan(`said ${REDACTED}${REDACTED} here`.length + 12);
  });
});

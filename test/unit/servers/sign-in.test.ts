import { describe, expect, test } from 'vitest';
import { textIn } from '../../../app/i18n/index.ts';
import { Redactor, secretsOf } from '../../../app/log/index.ts';
import { configServers, problemSentence } from '../../../app/servers/index.ts';
import { covers, maySend } from '../../../app/servers/remote/sign-in/addresses.ts';
import { challengeIn, scopeUnion } from '../../../app/servers/remote/sign-in/challenge.ts';
import { signInSentence } from '../../../app/servers/remote/sign-in/fault.ts';
import { DEFAULT_SETTINGS } from '../../../app/settings/index.ts';
import { processorTime } from '../../support/processor-time.ts';

const head = (...values: readonly string[]) => ({
  ...Object(null),
  fields: values.flatMap((value) => ['WWW-Authenticate', value]),
});
const challenge = (...values: readonly string[]) => challengeIn(head(...values));

describe('The challenge of a refusal', () => {
  test.each([
    ['Bearer', [null, null, null]],
    [
      'bearer realm="a, b", resource_metadata="https://a.example/x?y=1", scope="a b"',
      ['https://a.example/x?y=1', 'a b', null],
    ],
    [
      'Basic realm="x", Bearer error=insufficient_scope, scope=files:write',
      [null, 'files:write', 'insufficient_scope'],
    ],
    ['Negotiate abc==, Bearer scope="a"', [null, 'a', null]],
    ['Bearer scope="a", Digest scope="b", resource_metadata="https://b.example"', [null, 'a', null]],
    ['Bearer scope="a \\"quoted\\" b"', [null, 'a "quoted" b', null]],
    ['Bearer scope="first", scope="second"', [null, 'first', null]],
    ['Bearer error="invalid_token",scope = "a"', [null, 'a', 'invalid_token']],
    // As some servers write it.
    [
      'Bearer error="invalid_token" resource_metadata="https://a.example/x" scope=a',
      ['https://a.example/x', 'a', 'invalid_token'],
    ],
    ['Bearer error=invalid_token; scope="a b"; realm="r"', [null, 'a b', 'invalid_token']],
    ['Bearer , scope="a"', [null, 'a', null]],
    ['Bearer realm= , scope=  "a",error= , resource_metadata=', ['', 'a', '']],
    ['Bearer realm= "r" scope=a error=', [null, 'a', '']],
    ['Digest nonce="1" scope="b", Bearer error="e"', [null, null, 'e']],
    ['Digest nonce="1"', [null, null, null]],
    ['Bearer scope="never closed', [null, null, null]],
  ])('%s is understood', (value, [resourceMetadata, scope, error]) => {
    expect(challenge(value)).toEqual({ resourceMetadata, scope, error });
  });

  test.each([
    [['Bearer realm="a"', 'Bearer resource_metadata="https://a.example/x"']],
    [['Bearer realm="a", Bearer resource_metadata="https://a.example/x"']],
    [['Bearer, Basic realm="b", Bearer resource_metadata="https://a.example/x", scope="a\\"b"']],
  ])('%j counts with the one of several that says something', (values) => {
    expect(challenge(...values).resourceMetadata).toBe('https://a.example/x');
  });

  test('is found in a field behind others', () => {
    expect(challenge('Basic realm="x"', 'Bearer scope="a"').scope).toBe('a');
    expect(challenge().scope).toBeNull();
  });

  test('of a megabyte is read in a moment', () => {
    expect(challenge(`Bearer ${'a="b", '.repeat(150_000)}`).error).toBeNull();
    expect(processorTime(() => challenge(`Bearer a=${' '.repeat(8000)}"`))).toBeLessThan(100);
  });
});

test('Scopes are united once each, in their order', () => {
  expect(scopeUnion('a b', null, 'b  c', '')).toBe('a b c');
});

describe('An address that metadata leads to', () => {
  test.each([
    ['https://auth.example/token', 'https://mcp.example/mcp', true],
    ['http://auth.example/token', 'https://mcp.example/mcp', false],
    ['http://mcp.example/token', 'http://mcp.example/mcp', true],
    ['http://auth.lan/token', 'http://nas.lan/mcp', true],
    ['http://127.0.0.1:9000/x', 'https://mcp.example/mcp', false],
    ['https://localhost/x', 'https://mcp.example/mcp', false],
    ['http://localhost:28080/x', 'http://nas.lan/mcp', false],
    ['http://[::1]:1/x', 'http://nas.lan/mcp', false],
    ['http://[::ffff:127.0.0.1]/x', 'http://nas.lan/mcp', false],
    ['http://0.0.0.0/x', 'http://nas.lan/mcp', false],
    ['http://2130706433/x', 'http://nas.lan/mcp', false],
    ['http://app.localhost./x', 'http://nas.lan/mcp', false],
    ['http://169.254.169.254/latest/meta-data', 'http://nas.lan/mcp', false],
    ['http://127.0.0.1:9000/x', 'http://127.0.0.1:8000/mcp', true],
    ['https://me:pw@auth.example/x', 'https://mcp.example/mcp', false],
    ['javascript:alert(1)', 'https://mcp.example/mcp', false],
    ['file:///etc/passwd', 'http://127.0.0.1/mcp', false],
  ])('%s is followed from %s: %s', (to, server, expected) => {
    expect(maySend(new URL(to), new URL(server))).toBe(expected);
  });

  test.each([
    ['https://a.example/mcp', 'https://a.example/mcp', true],
    ['https://a.example', 'https://a.example/mcp', true],
    ['https://a.example/mcp/', 'https://a.example/mcp', true],
    ['https://a.example/mc', 'https://a.example/mcp', false],
    ['https://a.example/other', 'https://a.example/mcp', false],
    ['https://b.example/mcp', 'https://a.example/mcp', false],
    ['http://a.example/mcp', 'https://a.example/mcp', false],
    ['urn:mcp', 'https://a.example/mcp', false],
  ])('as a resource, %s covers %s: %s', (resource, server, expected) => {
    expect(covers(resource, new URL(server))).toBe(expected);
  });
});

describe('The sign-in of an entry', () => {
  const entry = (value: object) =>
    configServers(JSON.stringify({ mcpServers: { far: { url: 'https://a.example/mcp', ...value } } }), {
      ID: 'id-1',
      SECRET: 'secret-of-mine-1',
    });

  test.each([
    [
      { oauth: { clientId: '${ID}', clientSecret: '${SECRET}' } },
      { clientId: 'id-1', clientSecret: 'secret-of-mine-1' },
    ],
    [{ oauth: { client_id: 'x', scopes: ['a', 'b'], callbackPort: 3334 } }, { clientId: 'x', scope: 'a b' }],
    [{ auth: { CLIENT_ID: 'x', CLIENT_SECRET: 'y', scopes: 'a' } }, { clientId: 'x', clientSecret: 'y', scope: 'a' }],
    [{ oauthClientId: 'x' }, { clientId: 'x' }],
    [
      { oauthClientId: 'x', oauthGrantType: 'client_credentials' },
      { clientId: 'x', grantType: 'client_credentials' },
    ],
    [
      { oauth: { client_id: 'x' }, scopes: ['a', 'b'], oauth_resource: 'https://r.example' },
      { clientId: 'x', scope: 'a b', resource: 'https://r.example' },
    ],
    [{ oauth: { scope: 'mine' }, scopes: ['theirs'] }, { scope: 'mine' }],
    [{ oauth: { enabled: false, clientId: 'x' } }, false],
    [{ oauth: { enabled: true, clientId: 'x', authorizationUrl: 'https://a.example' } }, { clientId: 'x' }],
    [{ oauth: { authServerMetadataUrl: 'https://b.example/m' } }, { authServerMetadataUrl: 'https://b.example/m' }],
    [
      { oauth: { resource: false, authorizeParams: { audience: 'b' } } },
      { resource: false, authorizeParams: { audience: 'b' } },
    ],
    [{ oauth: { resource: 'api://x', grantType: 'device-code' } }, { resource: 'api://x', grantType: 'device_code' }],
    [
      { oauth: { callbackHost: 'localhost', clientMetadataUrl: 'https://c.example/c.json' } },
      { callbackHost: 'localhost', clientMetadataUrl: 'https://c.example/c.json' },
    ],
    [{ oauth: false }, false],
    [{ oauth: {} }, undefined],
    [{ oauth: true }, undefined],
    [{ auth: 'oauth' }, undefined],
  ])('%j is read', (value, expected) => {
    const { servers, problems } = entry(value);
    expect(problems).toEqual([]);
    expect(Object(servers[0]).oauth).toEqual(expected);
  });

  test.each([
    [{ oauth: 'yes' }],
    [{ oauth: [] }],
    [{ oauth: { grantType: 'password' } }],
    [{ oauth: { scope: 'a "b"' } }],
    [{ oauth: { authServerMetadataUrl: 'file:///x' } }],
    [{ oauth: { resource: true } }],
    [{ oauthGrantType: 'password' }],
  ])('%j is named with its place', (value) => {
    const [problem] = entry(value).problems;
    expect(problem).toMatchObject({ kind: 'bad-entry', field: 'oauth', place: { line: 1 } });
    if (problem !== undefined) expect(problemSentence(problem, textIn('en'))).toContain('oauth');
  });

  test('keeps its secret out of the log', () => {
    const servers = entry({ oauth: { clientId: 'x', clientSecret: '${SECRET}' } }).servers;
    const redactor = new Redactor(secretsOf({ ...DEFAULT_SETTINGS, servers }));
    expect(redactor.text('with secret-of-mine-1 in it')).not.toContain('secret-of-mine-1');
  });
});

test('A sentence about a sign-in names what helps, in both languages', () => {
  const fault = { kind: 'no-client', issuer: 'https://a.example', redirectUri: 'http://127.0.0.1:1/x' } as const;
  expect(signInSentence('far', fault, textIn('en'))).toContain('http://127.0.0.1:1/x');
  expect(signInSentence('far', fault, textIn('zh-Hant'))).toContain('clientId');
});

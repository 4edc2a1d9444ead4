import { describe, expect, test } from 'vitest';
import { changedAnswer, judge, knownMethods, ruleFor } from '../../../app/bridge/policy/index.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { type Policy, type PolicySettings, policyOf, type Thing } from '../../../app/servers/index.ts';
import { lets } from '../../../app/servers/policy.ts';
import type { NameRules, ServerRules, TokenSetting } from '../../../app/settings/settings.ts';
import { serverSetting } from '../../support/bridge-host.ts';

const LOCAL = { set: null, principal: 'local' };
const TOKEN: TokenSetting = { name: 'phone', hash: 'ab'.repeat(32), created: 0, client: null, set: 'read' };
const OF_TOKEN = { set: null, principal: `token:${TOKEN.hash.slice(0, 16)}` };

function settings(rules: ServerRules = {}, more: Partial<PolicySettings> = {}): PolicySettings {
  return { servers: [{ ...serverSetting({ name: 'files' }), ...rules }], sets: [], tokens: [], ...more };
}

function policy(rules: ServerRules): Policy {
  const made = policyOf(settings(rules), 'files', LOCAL, null);
  if (made === null) throw new Error('no policy');
  return made;
}

describe('Rules for names', () => {
  test.each<[string, NameRules, Thing, string, boolean]>([
    ['a missing allow is all', {}, 'tools', 'any', true],
    ['an empty allow is none', { allow: [] }, 'tools', 'any', false],
    ['an exact name', { allow: ['read'] }, 'tools', 'read', true],
    ['case counts', { allow: ['read'] }, 'tools', 'Read', false],
    ['a name that only begins so', { allow: ['read'] }, 'tools', 'read_all', false],
    ['a run of characters', { allow: ['get_*'] }, 'tools', 'get_', true],
    ['one character', { allow: ['v?'] }, 'tools', 'v2', true],
    ['not one character but none', { allow: ['v?'] }, 'tools', 'v', false],
    ['several runs', { deny: ['*a*b*'] }, 'tools', 'xxaxxbxx', false],
    ['deny wins', { allow: ['*'], deny: ['rm'] }, 'tools', 'rm', false],
    ['characters of regular expressions', { deny: ['a.b'] }, 'tools', 'aXb', true],
    ['braces of a tool name', { deny: ['{x}'] }, 'tools', 'anything', true],
    ['a URI', { deny: ['file:///etc/*'] }, 'resources', 'file:///etc/passwd', false],
    ['a URI with an escape', { deny: ['file:///etc/*'] }, 'resources', 'file:///%65tc/passwd', false],
    ['a URI that climbs', { allow: ['file:///pub/*'] }, 'resources', 'file:///pub/../etc/passwd', false],
    ['a URI that climbs by escapes', { allow: ['file:///pub/*'] }, 'resources', 'file:///pub/..%2f..%2fetc/x', false],
    ['a URI with braces that climbs', { allow: ['file:///pub/*'] }, 'resources', 'file:///pub/{x}/../../etc', false],
    ['a scheme in capitals', { deny: ['file:///etc/*'] }, 'resources', 'FILE:///etc/passwd', false],
    ['a pattern with an escape', { deny: ['file:///a%20b'] }, 'resources', 'file:///a b', false],
    ['an allowed URI with an escape', { allow: ['file:///a%20b'] }, 'resources', 'file:///a%20b', true],
    ['a host without a path', { allow: ['https://x.test'] }, 'resources', 'https://x.test', true],
    ['a denied template', { deny: ['db://{table}/rows'] }, 'resources', 'db://{table}/rows', false],
    ['a URI of a denied template', { deny: ['db://{table}/rows'] }, 'resources', 'db://a/b/rows', false],
    ['a URI of an allowed template', { allow: ['db://{table}/rows'] }, 'resources', 'db://users/rows', true],
    ['more than one segment', { allow: ['db://{table}/rows'] }, 'resources', 'db://a/b/rows', false],
    ['case counts in what is denied', { deny: ['drop'] }, 'tools', 'Drop', true],
    ['white space around a denied name', { deny: ['drop'] }, 'prompts', ' drop\n', false],
    ['invisible characters in a denied name', { deny: ['drop'] }, 'tools', 'dr\u200bop\u0000', false],
    ['half a character in a denied name', { deny: ['drop'] }, 'tools', 'drop\ud800', false],
    ['wide letters of a denied name', { deny: ['drop'] }, 'tools', '\uff44rop', false],
    ['more slashes', { deny: ['file:///etc/*'] }, 'resources', 'file:////etc//passwd', false],
    ['slashes in the middle', { deny: ['file:///etc/passwd'] }, 'resources', 'file:///etc//passwd', false],
    ['this machine by its address', { deny: ['file:///etc/*'] }, 'resources', 'file://127.0.0.1/etc/passwd', false],
    ['a slash too few', { deny: ['file:///etc/*'] }, 'resources', 'file://etc/passwd', false],
    ['a bare path', { deny: ['file:///etc/*'] }, 'resources', '/etc/passwd', false],
    ['a bare path that climbs', { deny: ['file:///etc/*'] }, 'resources', '//var/../etc/passwd', false],
    ['a query of a file', { deny: ['file:///etc/passwd'] }, 'resources', 'file:///etc/passwd?x#y', false],
    ['an escape within an escape', { deny: ['file:///etc/*'] }, 'resources', 'file:///%2565tc/passwd', false],
    ['a file in another case', { deny: ['file:///Users/*/.ssh/*'] }, 'resources', 'file:///users/me/.SSH/id', false],
    ['a file in other code points', { deny: ['file:///caf\u00e9/*'] }, 'resources', '/cafe\u0301/x', false],
    ['a denied scheme in another case', { deny: ['db://a'] }, 'resources', 'db://A', true],
    ['a file elsewhere', { deny: ['file:///etc/*'] }, 'resources', 'file:///srv/etc/passwd', true],
    ['an allowed share', { allow: ['file://nas/share/*'] }, 'resources', 'file://nas/share/a', true],
    ['a reserved expansion', { allow: ['db://{+path}'] }, 'resources', 'db://a/b', true],
  ])('%s', (_what, rules, thing, name, expected) => {
    expect(lets(rules, thing, name)).toBe(expected);
  });

  test('take a long name against many stars without trying twice', () => {
    expect(lets({ deny: [`${'*a'.repeat(60)}b`] }, 'tools', 'a'.repeat(3000))).toBe(true);
  });
});

describe('A policy', () => {
  test('is there only where something is limited', () => {
    expect(policyOf(settings(), 'files', LOCAL, null)).toBeNull();
    expect(policyOf(settings({ tools: {}, prompts: { deny: [] } }), 'files', LOCAL, null)).toBeNull();
    expect(policyOf(settings({ tools: { allow: [] } }), 'files', LOCAL, null)).not.toBeNull();
  });

  test('holds the rules of the server, of the address and of the token at once', () => {
    const given = settings(
      { tools: { deny: ['rm'] } },
      {
        sets: [
          { name: 'read', servers: { files: { tools: { allow: ['read', 'stat', 'rm'] } } } },
          { name: 'small', servers: { files: { tools: { allow: ['read'] } } } },
        ],
        tokens: [TOKEN],
      },
    );
    const both = policyOf(given, 'files', { ...OF_TOKEN, set: 'small' }, null);
    const of = (name: string) => both?.denial('tools', name);
    expect([of('read'), of('stat'), of('rm')]).toEqual([null, { by: 'set', set: 'small' }, { by: 'server' }]);
    expect(both?.isPrivate).toBe(true);
    expect(policyOf(given, 'files', LOCAL, null)?.isPrivate).toBe(false);
  });

  test.each([
    ['is gone', []],
    ['does not name the server', [{ name: 'read', servers: { other: {} } }]],
  ])('lets nothing through where the set of a token %s', (_why, sets) => {
    const made = policyOf(settings({}, { sets, tokens: [TOKEN] }), 'files', OF_TOKEN, null);
    expect(made?.denial('tools', 'read')).toEqual({ by: 'set', set: 'read' });
    expect(made?.denial('resources', 'x:y')).toEqual({ by: 'set', set: 'read' });
  });
});

/** What becomes of each method of every revision. A new one has to be added here, and so thought about. */
const METHODS: Readonly<Record<string, 'passes' | 'refused' | 'cut' | 'introduces'>> = {
  initialize: 'introduces',
  'server/discover': 'introduces',
  ping: 'passes',
  'logging/setLevel': 'passes',
  'tools/list': 'cut',
  'tools/call': 'refused',
  'prompts/list': 'cut',
  'prompts/get': 'refused',
  'resources/list': 'cut',
  'resources/templates/list': 'cut',
  'resources/read': 'refused',
  'resources/subscribe': 'refused',
  'resources/unsubscribe': 'passes',
  'completion/complete': 'refused',
  'subscriptions/listen': 'cut',
  'tasks/get': 'passes',
  'tasks/result': 'passes',
  'tasks/list': 'passes',
  'tasks/cancel': 'passes',
  'tasks/update': 'passes',
  'notifications/initialized': 'passes',
  'notifications/cancelled': 'passes',
  'notifications/progress': 'passes',
  'notifications/roots/list_changed': 'passes',
  'notifications/tasks/status': 'passes',
  'notifications/message': 'passes',
};

/** A denied thing, in every member that could name one. */
const DENIED = {
  name: 'wipe',
  uri: 'db://wipe',
  ref: { type: 'ref/prompt', name: 'wipe' },
  notifications: { resourceSubscriptions: ['db://wipe'] },
};

describe('Every method of every revision', () => {
  const all = policy({ tools: { deny: ['*'] }, prompts: { deny: ['*'] }, resources: { deny: ['*'] } });
  const judging = { policy: all, server: 'files', text: textIn('en'), isModern: false };
  const judged = (method: string) =>
    judge(method, Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: DENIED })), judging);

  test('stands in the table of what a policy does with it', () => {
    expect([...knownMethods()].sort()).toEqual(Object.keys(METHODS).sort());
  });

  test.each(Object.entries(METHODS))('%s about what is denied: %s', (method, expected) => {
    const { kind } = judged(method);
    expect(kind).toBe(expected === 'refused' ? 'refused' : 'passes');
    const rule = ruleFor(method).kind;
    expect(rule === 'lists' || rule === 'listens').toBe(expected === 'cut');
    expect(rule === 'introduces').toBe(expected === 'introduces');
  });

  test.each(['tools/invoke', 'prompts/render', 'resources/write', 'completion/x', 'subscriptions/open'])(
    '%s, which none has, is refused',
    (method) => {
      expect(judged(method)).toMatchObject({ kind: 'refused', error: { code: -32601 } });
    },
  );

  test.each([
    'Tools/Call',
    ' tools/call',
    'tools/call\n',
    'tools\u200b/call',
    '/tools/call',
    'tools.call',
    'Initialize',
    'PING',
  ])('%j, which a lenient server could take for one of the protocol, is refused', (method) => {
    expect(judged(method)).toMatchObject({ kind: 'refused', error: { code: -32601 } });
  });

  test.each(['acme/status', 'toolshed/open', 'acme/tools/call'])('%s, a method of a server’s own, passes', (method) => {
    expect(judged(method).kind).toBe('passes');
  });

  // Each of them is read by encoding/json of Go, by which many servers are made.
  test.each([
    ['params in capitals', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{},"Params":{"name":"wipe"}}'],
    [
      'params with a long s',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{},"param\u017f":{"name":"wipe"}}',
    ],
    [
      'subscriptions in capitals',
      '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"ResourceSubscriptions":["db://wipe"]}}}',
    ],
    [
      'subscriptions twice',
      '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":["db://wipe"],"resourceSubscriptions":[]}}}',
    ],
  ])('%s, which a lenient server could take for those that count, is refused', (_what, json) => {
    const { method } = JSON.parse(json);
    expect(judge(method, Buffer.from(json), judging)).toMatchObject({ kind: 'refused', error: { code: -32600 } });
  });

  test.each(['result', 'error'])('a request with a member %s is refused: it could be taken for an answer', (member) => {
    const json = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, [member]: {}, method: 'ping' }));
    expect(judge('ping', json, judging)).toMatchObject({ kind: 'refused', error: { code: -32600 } });
  });
});

describe('A list that comes back', () => {
  const noWipe = policy({ tools: { deny: ['wipe'] }, resources: { deny: ['db://{x}'] } });
  const changed = (method: string, answer: string) => {
    const json = Buffer.from(answer);
    const made = changedAnswer(ruleFor(method), json, noWipe);
    return made === json ? 'the very same bytes' : String(made);
  };
  const READ = '{"tools":[{"name":"read"}]}';

  test.each([
    [
      'tools/list',
      `{"id":1,"result":{"tools":[{"name":"read"}],"Tools":[{"name":"wipe"}]}}`,
      `{"id":1,"result":${READ}}`,
    ],
    [
      'tools/list',
      `{"id":1,"result":{"tool\u017f":[{"name":"wipe"}],"tools":[{"name":"read"}]}}`,
      `{"id":1,"result":${READ}}`,
    ],
    ['tools/list', `{"result":${READ},"id":1,"Result":{"tools":[{"name":"wipe"}]}}`, `{"id":1,"result":${READ}}`],
    ['tools/list', `{"id":1,"re\u017fult":{"tools":[{"name":"wipe"}]}}`, `{"id":1}`],
    ['tools/list', '{"result":{"TOOLS":[{"name":"wipe"}],"x":1}}', '{"result":{"x":1}}'],
    ['tools/list', '{"result":{"tools":{"0":{"name":"wipe"}}}}', '{"result":{"tools":[]}}'],
    [
      'resources/templates/list',
      '{"result":{"resourceTemplates":[{"uriTemplate":"db://{x}"}],"resourceTemplates":[]}}',
      '{"result":{"resourceTemplates":[]}}',
    ],
    ['tools/list', '{"result":{"tools":[{"name":"read"}], "Other": 1}}', 'the very same bytes'],
  ])('of %s has nothing that is denied, however it is written: %s', (method, answer, expected) => {
    expect(changed(method, answer)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { complaint, parse } from '../../support/parsed-arguments.ts';

describe('doctor', () => {
  it('looks at this machine unless it is told more', () => {
    expect(parse(['doctor'])).toEqual({
      kind: 'doctor',
      target: '',
      server: null,
      error: '',
      host: null,
      port: null,
      token: null,
      configFile: null,
      json: false,
      language: 'en',
    });
  });

  it('takes a target, a server, an error, and where the gateway is', () => {
    const line = [
      'doctor',
      'nas.lan:8123',
      '--server',
      'nas',
      '--error',
      'EPERM',
      '-p',
      '9000',
      '--config',
      'a.json',
      '--json',
    ];
    expect(parse(line, { MCP_GANGWAY_TOKEN: 'env' })).toMatchObject({
      target: 'nas.lan:8123',
      server: 'nas',
      error: 'EPERM',
      port: 9000,
      token: 'env',
      configFile: 'a.json',
      json: true,
    });
  });

  it('takes one target, and no options of serve', () => {
    expect(complaint(['doctor', 'a:1', 'b:1'])).toContain('"b:1" is not expected here.');
    expect(complaint(['doctor', '--forward', '1=a:1'])).toBe('--forward means nothing to doctor.');
    expect(complaint(['doctor', '--sse', 'x'])).toBe('--sse means nothing to doctor.');
    expect(complaint(['--server', 'x'])).toBe('--server belongs to doctor, clients.');
    expect(complaint(['status', '--error', 'x'])).toBe('--error means nothing to status.');
    expect(complaint(['docter'])).toBe('"docter" is not expected here. Did you mean doctor?');
  });
});

describe('connect', () => {
  it('finds out from the app what it is not told', () => {
    expect(parse(['connect', 'nas'])).toEqual({
      kind: 'connect',
      server: 'nas',
      host: null,
      port: null,
      token: null,
      start: false,
      drain: null,
      language: 'en',
    });
    expect(parse(['connect', '--start', '--host', '[::1]', '-p9000'], { MCP_GANGWAY_TOKEN: 'abc' })).toMatchObject({
      server: null,
      host: '::1',
      port: 9000,
      token: 'abc',
      start: true,
    });
  });

  it('takes the seconds that answers may take after the end of the input', () => {
    expect(parse(['connect', '--all'])).toMatchObject({ server: '/all' });
    expect(parse(['connect', '--set', 'read'])).toMatchObject({ server: '/set/read' });
    expect(parse(['connect', 'My NAS', '--set=read'])).toMatchObject({ server: '/set/read/servers/My%20NAS' });
    expect(parse(['connect', '--set', 'read', '--all'])).toMatchObject({ server: '/set/read/all' });
    expect(parse(['connect', '--set=read', '--group=work'])).toMatchObject({ server: '/set/read/groups/work' });
    expect(complaint(['connect', '--set', 'a/b'])).toContain('cannot be the name of a set');
    expect(parse(['connect', '--group', '工作'])).toMatchObject({ server: '/groups/%E5%B7%A5%E4%BD%9C' });
    expect(parse(['connect', '--drain', '0'])).toMatchObject({ drain: 0 });
    expect(parse(['connect', '--drain=600', 'nas'])).toMatchObject({ drain: 600, server: 'nas' });
    for (const wrong of ['x', '-1', '1.5', '3601', 'soon']) {
      expect(complaint(['connect', `--drain=${wrong}`])).toContain('from 0 to 3600');
    }
  });

  it('takes one name, its own options and no others', () => {
    for (const several of [
      ['nas', '--all'],
      ['--all', '--group', 'work'],
      ['nas', '--group=work'],
    ]) {
      expect(complaint(['connect', ...several])).toBe('Give connect one of SERVER, --all and --group NAME.');
    }
    expect(complaint(['connect', '--group', 'work=nas'])).toContain('the name of a group alone');
    expect(complaint(['connect', 'nas', 'more'])).toContain('"more" is not expected here.');
    expect(complaint(['connect', '--forward', '1=a:1'])).toBe('--forward means nothing to connect.');
    expect(complaint(['connect', '--sse', 'x'])).toBe('--sse means nothing to connect.');
    expect(complaint(['--start'])).toBe('--start belongs to connect.');
    expect(complaint(['status', '--start'])).toBe('--start means nothing to status.');
  });
});

describe('status', () => {
  it('finds out by the control socket what it is not told', () => {
    expect(parse(['status'])).toEqual({
      kind: 'status',
      host: null,
      port: null,
      token: null,
      json: false,
      language: 'en',
    });
    expect(parse(['status', '--json', '-p9000', '--token', 'abc'])).toMatchObject({
      port: 9000,
      json: true,
      token: 'abc',
    });
    expect(parse(['-p', '9000', 'status'], { MCP_GANGWAY_TOKEN: 'env' })).toMatchObject({ port: 9000, token: 'env' });
  });

  it('takes no options of serve, and serve none of its', () => {
    expect(complaint(['status', '--forward', '1=a:1'])).toBe('--forward means nothing to status.');
    expect(complaint(['status', '--sse', 'x'])).toBe('--sse means nothing to status.');
    expect(complaint(['--json'])).toBe('--json belongs to status, tap, doctor, clients, list, group, tools, settings.');
  });
});

describe('help and version', () => {
  it('win over everything but mistakes', () => {
    for (const argv of [['-h'], ['--help'], ['status', '--help'], ['-p', 'x', '--help']]) {
      expect(parse(argv)).toEqual({ kind: 'help', language: 'en' });
    }
    for (const argv of [['-v'], ['--version']]) expect(parse(argv)).toEqual({ kind: 'version' });
    expect(complaint(['--help', '--nonsense'])).toContain('--nonsense');
  });

  it('take no value', () => expect(complaint(['--help=me'])).toBe('--help takes no value.'));
});

describe.each(['start', 'stop', 'restart'])('%s', (action) => {
  it('takes the server and the port of the instance', () => {
    expect(parse([action, 'nas', '-p', '9000'])).toEqual({
      kind: 'server',
      action,
      server: 'nas',
      host: null,
      port: 9000,
      token: null,
      language: 'en',
    });
  });

  it('says what is missing, and what does not belong to it', () => {
    expect(complaint([action])).toContain(`mcp-gangway ${action} SERVER`);
    expect(complaint([action, 'nas', '--json'])).toContain(`means nothing to ${action}`);
    expect(complaint([action, 'nas', 'second'])).toContain('"second" is not expected here');
  });
});

describe.each(['login', 'logout'])('%s', (action) => {
  it('takes the server and the port of the instance', () => {
    expect(parse([action, 'nas', '-p', '9000'])).toEqual({
      kind: 'login',
      action,
      server: 'nas',
      print: false,
      acceptNoPkce: false,
      host: null,
      port: 9000,
      token: null,
      language: 'en',
    });
    expect(complaint([action])).toContain(`mcp-gangway ${action} SERVER`);
  });
});

it('login alone prints the address and goes on without PKCE that is announced', () => {
  expect(parse(['login', 'nas', '--print', '--accept-no-pkce'])).toMatchObject({ print: true, acceptNoPkce: true });
  expect(complaint(['logout', 'nas', '--print'])).toContain('--print means nothing to logout');
  expect(complaint(['--print'])).toContain('--print belongs to login');
});

describe('The arguments of clients', () => {
  it('are an action, a client, a server and a mode, none of which is needed', () => {
    expect(parse(['clients'])).toMatchObject({
      kind: 'clients',
      action: 'list',
      client: null,
      server: null,
      mode: null,
    });
    expect(
      parse(['clients', 'apply', '--client', 'cursor', '--server', 'nas', '--mode', 'direct', '--yes']),
    ).toMatchObject({
      action: 'apply',
      client: 'cursor',
      server: 'nas',
      mode: 'off',
      yes: true,
      json: false,
    });
  });

  it('are refused where they mean nothing', () => {
    expect(complaint(['clients', 'show'])).toContain('"show"');
    expect(complaint(['clients', 'plan', '--mode', 'off'])).toContain('direct, through and run');
    expect(complaint(['clients', 'plan', '--yes'])).toContain('clients apply');
    expect(complaint(['clients', 'undo', '--mode', 'run'])).toContain('clients plan');
    expect(complaint(['clients', '--host', '::1'])).toContain('--host');
    expect(complaint(['--yes'])).toContain('clients');
  });
});

describe('trust', () => {
  it('names a server, and asks unless it is told not to', () => {
    expect(parse(['trust', 'nas', '-p', '9000'])).toMatchObject({
      kind: 'trust',
      server: 'nas',
      yes: false,
      port: 9000,
    });
    expect(parse(['trust', 'nas', '--yes'])).toMatchObject({ action: 'trust', yes: true, port: null });
    expect(parse(['untrust', 'nas'])).toMatchObject({ kind: 'trust', action: 'untrust', server: 'nas' });
  });

  it.each([
    [['trust'], 'mcp-gangway trust SERVER'],
    [['untrust'], 'mcp-gangway untrust SERVER'],
    [['untrust', 'nas', '--yes'], '--yes means nothing to untrust'],
    [['trust', 'nas', '--print'], '--print means nothing to trust'],
    [['login', 'nas', '--yes'], '--yes means nothing to login'],
  ])('is refused as %s', (argv, why) => expect(complaint(argv)).toContain(why));
});

describe('tap', () => {
  it('follows the calls of all servers unless it is told more', () => {
    expect(parse(['tap'])).toEqual({
      kind: 'tap',
      server: null,
      requests: false,
      messages: false,
      contents: false,
      json: false,
      slow: null,
      outcome: null,
      host: null,
      port: null,
      token: null,
      language: 'en',
    });
  });

  it.each([
    ['500ms', 500],
    ['2s', 2000],
    ['1.5s', 1500],
    ['1m', 60_000],
  ])('takes a server, what to show of it, and %s', (time, slow) => {
    const line = ['tap', 'nas', '--requests', '--messages', '--json', '--outcome', 'timed-out', '--slow', time];
    expect(parse(line)).toMatchObject({ server: 'nas', requests: true, messages: true, outcome: 'timed-out', slow });
  });

  it.each([
    [['tap', '--slow', '5'], '--slow cannot be "5"'],
    [['tap', '--slow', '0s'], '--slow cannot be "0s"'],
    [['tap', '--slow', '2m2s'], '500ms, 2s or 1m'],
    [['tap', '--outcome', 'broken'], 'outcomes are ok, error'],
    [['tap', 'nas', 'cam'], '"cam" is not expected here'],
    [['tap', '--yes'], '--yes means nothing to tap'],
    [['status', '--slow', '5s'], '--slow means nothing to status'],
    [['--messages'], '--messages belongs to tap'],
  ])('is refused as %s', (argv, why) => expect(complaint(argv)).toContain(why));
});

describe('The arguments of add, remove, list, on, off and settings', () => {
  it('are taken as they are behind --', () => {
    expect(parse(['add', 'nas', '--env', 'A=b=c', '--', 'npx', '-y', 'x', '--port', '1'])).toMatchObject({
      kind: 'servers',
      action: { kind: 'add', title: 'nas', line: ['npx', '-y', 'x', '--port', '1'], env: { A: 'b=c' }, headers: {} },
    });
    expect(parse(['add', 'ha', 'https://ha.lan/mcp', '--header', 'X-Key: a b'])).toMatchObject({
      action: { line: ['https://ha.lan/mcp'], headers: { 'X-Key': 'a b' } },
    });
    expect(parse(['off', '--for', '2h'])).toMatchObject({ action: { kind: 'off', seconds: 7200 } });
    expect(parse(['settings', 'set', 'port', '1'])).toMatchObject({
      kind: 'settings',
      action: 'set',
      words: ['port', '1'],
    });
  });

  it('are refused with a hint, and a secret is not repeated', () => {
    expect(complaint(['add', 'nas'])).toContain('mcp-gangway add NAME -- COMMAND');
    expect(complaint(['add', 'nas', 'https://x/', 'y'])).toContain('"y"');
    for (const url of ['htps://u:s3cret@ha.lan/mcp', 'ws://ha.lan/mcp', 'ftp://ha.lan']) {
      expect(complaint(['add', 'nas', url])).toContain('http:// or https://');
      expect(complaint(['add', 'nas', url])).not.toContain('s3cret');
    }
    expect(complaint(['add', 'nas', '--header', 'A: b', '--', 'x'])).toContain('--header');
    expect(complaint(['add', 'nas', 'http://x/', '--header', 'Host: s3cret'])).not.toContain('s3cret');
    expect(complaint(['off', '--for', '8d'])).toContain('a week');
    expect(complaint(['remove'])).toContain('mcp-gangway remove SERVER');
    expect(complaint(['settings', 'set', 'port'])).toContain('settings set KEY VALUE');
    expect(complaint(['settings', 'show'])).toContain('"show"');
    expect(complaint(['--for', '1h'])).toBe('--for belongs to off.');
  });
});

describe('group', () => {
  it('lists groups, adds one with its servers, each once, and removes one', () => {
    const common = { kind: 'group', json: false, language: 'en' };
    expect(parse(['group'])).toEqual({ ...common, action: { kind: 'list' } });
    expect(parse(['group', 'list', '--json'])).toEqual({ ...common, json: true, action: { kind: 'list' } });
    expect(parse(['group', 'add', 'home', 'nas', 'ha', 'nas'])).toEqual({
      ...common,
      action: { kind: 'add', name: 'home', servers: ['nas', 'ha'] },
    });
    expect(parse(['group', 'remove', 'home'])).toEqual({ ...common, action: { kind: 'remove', name: 'home' } });
  });

  it('says what is missing or means nothing', () => {
    for (const words of [['add'], ['add', 'home'], ['add', 'home', ''], ['remove']]) {
      expect(complaint(['group', ...words])).toContain('group add NAME SERVER…');
    }
    expect(complaint(['group', 'remove', 'home', 'nas'])).toContain('"nas"');
    expect(complaint(['group', 'list', 'home'])).toContain('"home"');
    expect(complaint(['group', 'ad', 'home'])).toContain('add');
    expect(complaint(['group', 'add', 'home', 'nas', '--json'])).toBe('--json belongs to group list.');
    expect(complaint(['group', '-p', '9000'])).toContain('group');
  });
});

describe('tools', () => {
  const common = { kind: 'tools', server: 'nas', host: null, token: null, language: 'en' };

  it('lists those of one server, of the instance on a port', () => {
    expect(parse(['tools', 'nas'])).toEqual({ ...common, action: { kind: 'list' }, json: false, port: null });
    expect(parse(['tools', 'nas', '--json', '-p', '9000'])).toEqual({
      ...common,
      action: { kind: 'list' },
      json: true,
      port: 9000,
    });
  });

  it('takes any number of names and patterns to allow or deny, each once', () => {
    expect(parse(['tools', 'nas', 'deny', 'rm', 'get_*', 'rm'])).toMatchObject({
      action: { kind: 'deny', names: ['rm', 'get_*'] },
    });
    expect(parse(['tools', 'nas', 'allow', '--', '-x'])).toMatchObject({ action: { kind: 'allow', names: ['-x'] } });
  });

  it('shows what has changed, and approves tools by name or all of them', () => {
    expect(parse(['tools', 'nas', 'changes', '--json'])).toMatchObject({ action: { kind: 'changes' }, json: true });
    expect(parse(['tools', 'nas', 'approve', 'a', 'b', 'a'])).toMatchObject({
      action: { kind: 'approve', names: ['a', 'b'] },
    });
    expect(parse(['tools', 'nas', 'approve', '--all'])).toMatchObject({ action: { kind: 'approve', names: null } });
    for (const names of [[], ['--all', 'a']]) {
      expect(complaint(['tools', 'nas', 'approve', ...names])).toContain('approve NAME… | --all');
    }
    expect(complaint(['tools', 'nas', 'changes', 'a'])).toContain('"a"');
    expect(complaint(['tools', 'nas', '--all'])).toBe('--all belongs to tools SERVER approve.');
  });

  it('says what is missing or means nothing', () => {
    expect(complaint(['tools'])).toContain('mcp-gangway tools SERVER');
    expect(complaint(['tools', 'nas', 'deny'])).toContain('mcp-gangway tools SERVER deny NAME…');
    expect(complaint(['tools', 'nas', 'allow', ''])).toContain('mcp-gangway tools SERVER allow NAME…');
    expect(complaint(['tools', 'nas', 'dney', 'rm'])).toBe('"dney" is not expected here. Did you mean deny?');
    expect(complaint(['tools', 'nas', 'deny', 'rm', '--json'])).toBe('--json belongs to tools SERVER.');
    expect(complaint(['tools', 'nas', '--mode', 'run'])).toBe('--mode means nothing to tools.');
  });
});

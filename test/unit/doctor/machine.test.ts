import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOT_APPLICABLE, type Observed } from '../../../app/doctor/facts.ts';
import type { DoctorRequest, Probe } from '../../../app/doctor/index.ts';
import {
  BUNDLE_ID,
  launchFacts,
  lookAtBundle,
  lookAtInterpreter,
  lookAtVpns,
  macTool,
  proxyVariables,
  readCopies,
  readExtensions,
  readFilters,
  readServices,
  readSignature,
  readSwVers,
} from '../../../app/doctor/machine.ts';
import type { CommandOutput, RunCommand } from '../../../app/doctor/run-command.ts';
import { uuidOfApp } from '../../../app/platform/mach-o/index.ts';
import { machO } from '../../package/support/mach-o.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const printed = (stdout: string, changes: Partial<CommandOutput> = {}): CommandOutput => ({
  stdout,
  stderr: '',
  fault: null,
  ...changes,
});

const question: DoctorRequest = { target: null, tls: false, server: null, reported: null };

async function look<Value>(probe: Probe<Value>): Promise<Observed<Value>> {
  return probe({ question, signal: new AbortController().signal, seen: () => Promise.resolve(NOT_APPLICABLE) });
}

describe('sw_vers', () => {
  it('tells version and build', () => {
    const output = 'ProductName:\t\tmacOS\nProductVersion:\t\t26.1\nBuildVersion:\t\t25B78\n';
    expect(readSwVers(printed(output))).toEqual({ version: '26.1', build: '25B78' });
  });

  it('is not understood when it says something else', () => expect(readSwVers(printed('hello'))).toBeNull());
});

describe('systemextensionsctl list', () => {
  const output = [
    '3 extension(s)',
    "--- com.apple.system_extension.network_extension (Go to 'System Settings > General > Login Items & Extensions > Network Extensions' to modify these system extension(s))",
    'enabled\tactive\tteamID\tbundleID (version)\tname\t[state]',
    '*\t*\tVBG97UB4TA\tcom.objective-see.lulu.extension (2.9.6/2.9.6)\tLuLu\t[activated enabled]',
    '\t\t6H4HRTU5E3\tcom.avast.antivirus.netext (15.7/1)\tAvast\t[terminated waiting to uninstall on reboot]',
    '--- com.apple.system_extension.endpoint_security',
    'enabled\tactive\tteamID\tbundleID (version)\tname\t[state]',
    '*\t*\tX9E956P446\tcom.crowdstrike.falcon.Agent (7.0/1)\tFalcon\t[activated enabled]',
    '',
  ].join('\n');

  it('tells network extensions, and no others, with their state', () => {
    expect(readExtensions(printed(output))).toEqual([
      {
        bundleId: 'com.objective-see.lulu.extension',
        name: 'LuLu',
        team: 'VBG97UB4TA',
        version: '2.9.6',
        state: 'activated enabled',
        enabled: true,
      },
      {
        bundleId: 'com.avast.antivirus.netext',
        name: 'Avast',
        team: '6H4HRTU5E3',
        version: '15.7',
        state: 'terminated waiting to uninstall on reboot',
        enabled: false,
      },
    ]);
  });

  it('tells that there are none', () => expect(readExtensions(printed('0 extension(s)\n'))).toEqual([]));
  it('tells nothing when it failed', () => expect(readExtensions(printed('', { fault: 'exit 1' }))).toBeNull());
});

describe('sysctl', () => {
  it('counts filters and the sockets they look at', () => {
    const output = 'net.cfil.active_count: 2\nnet.cfil.sock_attached_count: 341\n';
    expect(readFilters(printed(output))).toEqual({ filters: 2, sockets: 341 });
  });

  it('may know one of the two only', () => {
    expect(readFilters(printed('net.cfil.active_count: 0\n', { fault: 'exit 1' }))).toEqual({
      filters: 0,
      sockets: null,
    });
    expect(readFilters(printed('', { fault: 'exit 1' }))).toBeNull();
  });
});

describe('scutil --nc list', () => {
  const output = `Available network connection services in the current set (*=enabled):
* (Disconnected)   11111111-2222-3333-4444-555555555555 PPP --> L2TP     "Work (L2TP)"      [PPP:L2TP]
* (Connected)      66666666-7777-8888-9999-000000000000 VPN (io.tailscale.ipn.macsys) "Tailscale"  [VPN:io.tailscale.ipn.macsys]
`;

  it('tells each VPN and whether it is connected', () => {
    expect(readServices(output)).toEqual([
      { name: 'Work (L2TP)', kind: 'PPP:L2TP', connected: false },
      { name: 'Tailscale', kind: 'VPN:io.tailscale.ipn.macsys', connected: true },
    ]);
  });

  it('stands beside the tunnels that carry addresses of their own', async () => {
    const address = (text: string, family: 'IPv4' | 'IPv6') =>
      ({ address: text, family, netmask: '', mac: '', internal: false, cidr: null, scopeid: 0 }) as const;
    const interfaces = () => ({
      en0: [address('192.168.1.5', 'IPv4')],
      utun0: [address('fe80::1', 'IPv6')],
      utun4: [address('100.64.0.3', 'IPv4'), address('fe80::4', 'IPv6')],
    });
    const vpns = await look(lookAtVpns('darwin', async () => printed(output), interfaces));
    expect(vpns).toMatchObject({
      state: 'seen',
      value: { services: [{}, {}], tunnels: [{ interface: 'utun4', addresses: ['100.64.0.3'] }] },
    });
    const none = await look(lookAtVpns('linux', fail, () => ({ eth0: [address('192.168.1.5', 'IPv4')] })));
    expect(none).toEqual(NOT_APPLICABLE);
  });
});

const fail: RunCommand = () => Promise.reject(new Error('nothing is to be run here'));

describe('a tool of macOS', () => {
  it('is not run anywhere else', async () => {
    for (const platform of ['linux', 'win32'] as const) {
      expect(await look(macTool(platform, fail, '/usr/bin/sw_vers', [], readSwVers))).toEqual(NOT_APPLICABLE);
    }
  });

  it('that is missing or fails makes its fact unknown, with the reason', async () => {
    const run: RunCommand = async () => printed('', { fault: 'ENOENT' });
    expect(await look(macTool('darwin', run, '/usr/bin/sw_vers', [], readSwVers))).toEqual({
      state: 'unknown',
      reason: 'ENOENT',
    });
    const odd: RunCommand = async () => printed('hello');
    expect(await look(macTool('darwin', odd, '/usr/bin/sw_vers', [], readSwVers))).toEqual({
      state: 'unknown',
      reason: 'unreadable',
    });
  });
});

describe('codesign --display', () => {
  const released = `Executable=/Applications/MCP Gangway.app/Contents/MacOS/MCP Gangway
Identifier=io.github.mcp-gangway.app
Format=app bundle with Mach-O universal (x86_64 arm64)
CodeDirectory v=20500 size=778 flags=0x10000(runtime) hashes=13+7 location=embedded
Signature size=9012
Authority=Developer ID Application: Somebody (ABCDE12345)
Authority=Developer ID Certification Authority
Authority=Apple Root CA
TeamIdentifier=ABCDE12345
`;
  const adHoc = `Identifier=Electron
CodeDirectory v=20400 size=513 flags=0x2(adhoc) hashes=10+3 location=embedded
Signature=adhoc
TeamIdentifier=not set
`;

  it.each([
    ['released', released, { identifier: BUNDLE_ID, team: 'ABCDE12345', signature: 'developer-id' }],
    ['ad hoc', adHoc, { identifier: 'Electron', team: null, signature: 'ad-hoc' }],
    [
      'not signed',
      '/Applications/X.app: code object is not signed at all\n',
      { identifier: null, team: null, signature: 'none' },
    ],
    [
      'from the App Store',
      'Identifier=a\nAuthority=Apple Mac OS Application Signing\nTeamIdentifier=A\n',
      { identifier: 'a', team: 'A', signature: 'other' },
    ],
  ])('knows an app that is %s', (_name, stderr, expected) => {
    expect(readSignature(printed('', { stderr }))).toEqual(expected);
  });

  it('is asked about the bundle we run from, whose LC_UUID is read', async () => {
    const executable = join(temporaryDirectory(), 'MCP Gangway.app', 'Contents', 'MacOS', 'MCP Gangway');
    mkdirSync(join(executable, '..'), { recursive: true });
    writeFileSync(executable, machO(uuidOfApp(BUNDLE_ID)));
    const asked: (readonly string[])[] = [];
    const run: RunCommand = async (file, args) => {
      asked.push([file, ...args]);
      return printed('', { stderr: released });
    };
    const own = await look(lookAtBundle('darwin', run, executable));
    expect(own).toMatchObject({
      state: 'seen',
      value: { signature: 'developer-id', ownUuid: true, translocated: false },
    });
    expect(asked).toEqual([['/usr/bin/codesign', '--display', '--verbose=2', join(executable, '../../..')]]);

    writeFileSync(executable, machO(Buffer.alloc(16, 7)));
    const foreign = await look(lookAtBundle('darwin', run, executable));
    const brought = join(executable, '../../Resources/bin/mcp-gangway');
    expect(await look(lookAtBundle('darwin', run, brought))).toEqual(foreign);
    expect(foreign).toMatchObject({
      value: { ownUuid: false, uuids: ['07070707-0707-0707-0707-070707070707'] },
    });
  });

  it('has nothing to say of a program without a bundle', async () => {
    expect(await look(lookAtBundle('darwin', fail, '/opt/homebrew/bin/node'))).toEqual(NOT_APPLICABLE);
  });
});

describe('the program that a server runs as', () => {
  it.skipIf(process.platform === 'win32')(
    'is named by the file that its link leads to, with its signature',
    async () => {
      const folder = realpathSync(temporaryDirectory());
      const [file, link] = [join(folder, 'python3.12'), join(folder, 'python3')];
      writeFileSync(file, '');
      symlinkSync(file, link);
      const asked: string[] = [];
      const adHoc = 'Identifier=python3.12\nSignature=adhoc\nTeamIdentifier=not set\n';
      const run: RunCommand = async (_program, args) => {
        asked.push(args.at(-1) ?? '');
        return printed('', { stderr: adHoc });
      };
      const value = { file, identifier: 'python3.12', team: null, signature: 'ad-hoc' };
      expect(await look(lookAtInterpreter('darwin', run, async () => link))).toEqual({ state: 'seen', value });
      expect(asked).toEqual([file]);
    },
  );

  it('counts as not signed when codesign says so, and as unknown when codesign says nothing', async () => {
    const answering =
      (changes: Partial<CommandOutput>): RunCommand =>
      async () =>
        printed('', changes);
    const lookWith = (run: RunCommand) => look(lookAtInterpreter('darwin', run, async () => '/nowhere/server'));
    const unsigned = answering({ stderr: '/nowhere/server: code object is not signed at all\n', fault: 'exit 1' });
    expect(await lookWith(unsigned)).toMatchObject({ state: 'seen', value: { signature: 'none' } });
    expect(await lookWith(answering({ fault: 'timeout' }))).toEqual({ state: 'unknown', reason: 'timeout' });
    expect(await look(lookAtInterpreter('darwin', fail, async () => null))).toEqual(NOT_APPLICABLE);
    expect(await look(lookAtInterpreter('linux', fail, async () => '/usr/bin/python3'))).toEqual(NOT_APPLICABLE);
  });
});

describe('mdfind', () => {
  it('tells where copies of the app are', () => {
    expect(readCopies(printed('/Applications/a.app\n/Users/ada/a.app\n'))).toEqual([
      '/Applications/a.app',
      '/Users/ada/a.app',
    ]);
    expect(readCopies(printed(''))).toEqual([]);
    expect(readCopies(printed('', { fault: 'timeout' }))).toBeNull();
  });
});

describe('what started us', () => {
  const app = '/Applications/MCP Gangway.app/Contents/MacOS/MCP Gangway';
  const node = '/opt/homebrew/bin/node';
  const clues = (env: NodeJS.ProcessEnv, executable = node, uid = 501) =>
    launchFacts({ env, platform: 'darwin', executable, uid });

  it.each([
    ['Terminal', { TERM_PROGRAM: 'Apple_Terminal', XPC_SERVICE_NAME: '0' }, node, 'terminal', 'com.apple.Terminal'],
    ['Terminal, although it is the app', { TERM_PROGRAM: 'Apple_Terminal' }, app, 'terminal', 'com.apple.Terminal'],
    ['SSH', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22', TERM_PROGRAM: 'x' }, node, 'ssh', null],
    [
      'the terminal of an editor',
      { TERM_PROGRAM: 'vscode', __CFBundleIdentifier: 'com.microsoft.VSCode' },
      node,
      'other-app',
      'com.microsoft.VSCode',
    ],
    ['another terminal', { TERM_PROGRAM: 'iTerm.app' }, node, 'other-app', 'iTerm.app'],
    [
      'Finder',
      {
        XPC_SERVICE_NAME: 'application.io.github.mcp-gangway.app.1.2',
        __CFBundleIdentifier: 'io.github.mcp-gangway.app',
      },
      app,
      'app',
      'io.github.mcp-gangway.app',
    ],
    ['launchd', { XPC_SERVICE_NAME: 'com.me.gangway' }, node, 'service', 'com.me.gangway'],
    [
      'an app without a terminal',
      { __CFBundleIdentifier: 'com.anthropic.claude' },
      node,
      'other-app',
      'com.anthropic.claude',
    ],
    ['a process behind tmux', { TERM_PROGRAM: 'tmux' }, node, 'unknown', null],
  ] as const)('is %s', (_name, env, executable, kind, by) => {
    expect(clues(env, executable)).toEqual({ kind, by, root: false });
  });

  it('may be root, which macOS never asks', () => expect(clues({}, node, 0).root).toBe(true));

  it('is a service of systemd on Linux', () => {
    const linux = (env: NodeJS.ProcessEnv) => launchFacts({ env, platform: 'linux', executable: node, uid: 1 });
    expect(linux({ INVOCATION_ID: 'abc' })).toEqual({ kind: 'service', by: 'systemd', root: false });
    expect(linux({ TERM_PROGRAM: 'vscode' }).kind).toBe('unknown');
  });
});

describe('proxy variables', () => {
  it('are told by name, and whether they lead here', () => {
    const env = {
      HTTP_PROXY: 'http://x:secret@127.0.0.1:28080',
      https_proxy: 'http://me:secret@proxy.corp:3128',
      NO_PROXY: 'localhost',
      ALL_PROXY: '',
      PATH: '/usr/bin',
    };
    const found = proxyVariables(env, 28_080);
    expect(found).toEqual([
      { name: 'HTTP_PROXY', leadsHere: true },
      { name: 'https_proxy', leadsHere: false },
      { name: 'NO_PROXY', leadsHere: false },
    ]);
    expect(JSON.stringify(found)).not.toContain('secret');
  });
});

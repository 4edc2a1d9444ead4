import { describe, expect, it } from 'vitest';
import { Doctor } from '../../../app/doctor/index.ts';
import type { RunCommand } from '../../../app/doctor/run-command.ts';
import { freePort } from '../../support/tcp.ts';

/** What the tools of a Mac print, where a security product is installed. */
const PRINTED: Readonly<Record<string, string>> = {
  '/usr/bin/sw_vers': 'ProductName:\tmacOS\nProductVersion:\t26.1\nBuildVersion:\t25B78\n',
  '/usr/bin/systemextensionsctl list':
    '1 extension(s)\n--- com.apple.system_extension.network_extension\nenabled\tactive\tteamID\tbundleID (version)\tname\t[state]\n*\t*\t6H4HRTU5E3\tcom.avast.netext (15.7/1)\tAvast\t[activated enabled]\n',
  '/usr/sbin/sysctl net.cfil.active_count net.cfil.sock_attached_count':
    'net.cfil.active_count: 1\nnet.cfil.sock_attached_count: 12\n',
  '/usr/sbin/scutil --nc list': 'Available network connection services in the current set (*=enabled):\n',
  "/usr/bin/mdfind kMDItemCFBundleIdentifier == 'io.github.mcp-gangway.app'": '/Applications/MCP Gangway.app\n',
  '/sbin/route -n get 127.0.0.1': '   route to: 127.0.0.1\n  interface: lo0\n      flags: <UP,HOST,DONE,LOCAL>\n',
  '/sbin/route -n get default':
    '   route to: default\n    gateway: link#12\n  interface: en0\n      flags: <UP,DONE>\n',
};

describe('on a Mac', () => {
  it('asks the tools of the system by their full paths, and reads what they say', async () => {
    const asked: string[] = [];
    const run: RunCommand = async (file, args) => {
      const line = [file, ...args].join(' ');
      asked.push(line);
      const stdout = PRINTED[line];
      return stdout === undefined ? { stdout: '', stderr: '', fault: 'exit 1' } : { stdout, stderr: '', fault: null };
    };
    const [closed, off] = await Promise.all([freePort(), freePort()]);
    const doctor = new Doctor({
      platform: 'darwin',
      env: { PATH: '/nowhere' },
      executable: '/opt/homebrew/bin/node',
      home: '/Users/ada',
      searchPath: () => null,
      gateway: () => ({ host: '127.0.0.1', port: off, token: null }),
      servers: async () => [],
      secrets: () => [],
      permission: () => 'granted',
      memory: { read: () => ({ at: 1, macos: '15.6' }), write: () => undefined },
      run,
      interfaces: () => ({}),
    });
    const outcome = await doctor.run(
      { target: `127.0.0.1:${closed}`, server: null, error: '' },
      { signal: new AbortController().signal },
    );
    expect(asked.toSorted()).toEqual([...Object.keys(PRINTED), `/usr/bin/nc -z -G 3 127.0.0.1 ${closed}`].toSorted());
    if (outcome.kind === 'refused') throw new Error(outcome.sentence.en);
    const { facts, findings } = outcome.report.en;
    expect(findings.map(({ id }) => id)).toEqual(['refused', 'gateway-off', 'filter']);
    expect(facts.seen).toMatchObject({
      macos: { value: { version: '26.1', build: '25B78' } },
      extensions: { value: [{ name: 'Avast' }] },
      filters: { value: { filters: 1, sockets: 12 } },
      vpns: { value: { services: [], tunnels: [] } },
      copies: { value: ['/Applications/MCP Gangway.app'] },
      permission: { value: 'granted' },
      lastGood: { value: { macos: '15.6' } },
      appleTool: { value: { outcome: 'failed' } },
      router: { state: 'not-applicable' },
      bundle: { state: 'not-applicable' },
      runtime: { state: 'not-applicable' },
    });
  });
});

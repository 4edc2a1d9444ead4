import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeerCertificate } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import type { Interfaces } from '../../../app/base/interfaces.ts';
import { routerInProc, wayInRoute, wayTo } from '../../../app/doctor/network/connect.ts';
import { readAnswer } from '../../../app/doctor/network/gateway.ts';
import { readLine, runnerFor } from '../../../app/doctor/network/runtime.ts';
import { certificateFacts } from '../../../app/doctor/network/tls.ts';
import { readError, readTarget } from '../../../app/doctor/question.ts';
import { findServer, type KnownServer, targetOfServer, titleOf } from '../../../app/doctor/servers.ts';

describe('the target that Doctor examines', () => {
  it.each([
    ['nas.lan:8123', 'nas.lan', 8123, false],
    [' 192.168.1.20:443 ', '192.168.1.20', 443, true],
    ['[fd00::5]:5432', 'fd00::5', 5432, false],
    ['http://nas.lan/api/x?y=1', 'nas.lan', 80, false],
    ['https://nas.lan', 'nas.lan', 443, true],
    ['https://user:password@nas.lan:8123/', 'nas.lan', 8123, true],
    ['http://nas.lan:8443/', 'nas.lan', 8443, false],
    ['postgres://db.lan:5432/x', 'db.lan', 5432, false],
    ['pve.lan:8006', 'pve.lan', 8006, true],
    ['ws://nas.lan:8123/x', 'nas.lan', 8123, false],
    ['WSS://nas.lan:8123/x', 'nas.lan', 8123, true],
  ])('is read from %s', (written, host, port, tls) => {
    const [, scheme = ''] = /^(http|ws)s?:/i.exec(written) ?? [];
    const spoken = scheme === '' ? {} : { scheme: tls ? 'https' : 'http' };
    expect(readTarget(written)).toEqual({ target: { host, port }, tls, ...spoken });
  });

  it.each(['nas', 'nas:', ':80', 'nas.lan:0', 'nas.lan:70000', 'a b:80', 'postgres://db.lan/x', 'fd00::5:80', ''])(
    'is not %j',
    (written) => expect(readTarget(written)).toBeNull(),
  );
});

describe('a pasted error', () => {
  it.each([
    ['TypeError: fetch failed: connect EHOSTUNREACH 192.168.1.20:8123', 'EHOSTUNREACH'],
    ['OSError: [Errno 65] No route to host', 'EHOSTUNREACH'],
    ['requests: [Errno 61] Connection refused', 'ECONNREFUSED'],
    ['errno: -65', 'EHOSTUNREACH'],
    ['[Errno 113] No route to host', 'EHOSTUNREACH'],
    ['dial tcp 192.168.1.20:8123: connect: no route to host', 'EHOSTUNREACH'],
    ['getaddrinfo ENOTFOUND nas.local', 'ENOTFOUND'],
    ['[Errno 8] nodename nor servname provided, or not known', 'ENOTFOUND'],
    ['socket.gaierror: EAI_AGAIN', 'EAI_AGAIN'],
    ['Operation not permitted', 'EPERM'],
    ['httpx.ConnectTimeout: timed out', 'ETIMEDOUT'],
    ['The server disconnected', null],
    ['', null],
    ['AxiosError: Request failed with status code 400', 'UNSUPPORTED_SCHEME'],
    ['400 (UNSUPPORTED_SCHEME)', 'UNSUPPORTED_SCHEME'],
  ])('%j', (message, errno) => expect(readError(message)).toBe(errno));
});

describe('the way to an address', () => {
  const interfaces: Interfaces = {
    lo: [info('127.0.0.1', '127.0.0.1/8', true)],
    en0: [info('192.168.1.5', '192.168.1.5/24'), info('fd00:1::5', 'fd00:1::5/64')],
    en1: [info('192.168.1.130', '192.168.1.130/25')],
    utun4: [info('10.8.0.2', '10.8.0.2/16')],
  };

  it.each([
    ['127.0.0.1', 'this-machine', null],
    ['127.9.9.9', 'this-machine', null],
    ['::1', 'this-machine', null],
    ['192.168.1.5', 'this-machine', null],
    ['192.168.1.20', 'on-link', 'en0'],
    ['192.168.1.200', 'on-link', 'en1'],
    ['fd00:1::20', 'on-link', 'en0'],
    ['10.8.44.1', 'tunnel', 'utun4'],
    ['192.168.2.1', 'routed', null],
    ['2001:db8::1', 'routed', null],
  ])('%s is %s', (address, kind, name) => {
    expect(wayTo(address, interfaces)).toEqual({ kind, interface: name, router: null });
  });

  it.each([
    [
      'a neighbour',
      `   route to: 192.168.1.20
destination: 192.168.1.20
  interface: en0
      flags: <UP,HOST,DONE,LLINFO,WASCLONED,IFSCOPE,IFREF>
 recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire
`,
      { kind: 'on-link', interface: 'en0', router: null },
    ],
    [
      'a host behind a router',
      `   route to: 10.1.2.3
destination: default
       mask: default
    gateway: 192.168.1.1
  interface: en0
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
`,
      { kind: 'routed', interface: 'en0', router: '192.168.1.1' },
    ],
    [
      'a host in a VPN',
      `   route to: 100.64.0.9
  interface: utun4
      flags: <UP,DONE,CLONING,STATIC>
`,
      { kind: 'tunnel', interface: 'utun4', router: null },
    ],
    [
      'ourselves',
      '   route to: 192.168.1.5\n  interface: lo0\n      flags: <UP,HOST,DONE,LOCAL>\n',
      { kind: 'this-machine', interface: 'lo0', router: null },
    ],
    ['no route', 'route: writing to routing socket: not in table\n', null],
  ])('is taken from route(8) for %s', (_name, output, way) => expect(wayInRoute(output)).toEqual(way));

  function info(address: string, cidr: string, internal = false) {
    const family = address.includes(':') ? 'IPv6' : 'IPv4';
    return { address, cidr, internal, family, netmask: '', mac: '', scopeid: 0 } as const;
  }
});

describe('the default router', () => {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

  it('is found in the table of Linux', () => {
    const table = `${head}eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\neth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`;
    expect(routerInProc(table)).toBe('192.168.1.1');
  });

  it('need not be there', () => expect(routerInProc(head)).toBeNull());
});

describe('the program that stands for a runtime', () => {
  const programs = temporary();
  const env = { PATH: programs };

  it.each([
    ['node', 'node', 'node'],
    ['node', 'npx', 'node'],
    ['python', 'uvx', 'python3'],
    ['python', 'python3.12', 'python3.12'],
    ['node', '/elsewhere/bin/npx', 'node'],
  ] as const)('of %s, started with %s, is %s', (runtime, program, file) => {
    expect(runnerFor(runtime, program, env, 'linux')).toEqual({ runtime, file: join(programs, file) });
  });

  it('is looked for beside the launcher first', () => {
    expect(runnerFor('node', join(programs, 'other', 'npx'), env, 'linux')?.file).toBe(join(programs, 'other', 'node'));
  });

  it('need not be there', () => expect(runnerFor('deno', 'deno', env, 'linux')).toBeNull());

  it.skipIf(!existsSync('/usr/bin/python3'))('is not what would open a window on a Mac without developer tools', () => {
    expect(runnerFor('python', 'python3', { PATH: '/usr/bin' }, 'darwin')).toBeNull();
    expect(runnerFor('python', 'python3', { PATH: '/usr/bin' }, 'linux')?.file).toBe('/usr/bin/python3');
  });

  function temporary(): string {
    const folder = mkdtempSync(join(tmpdir(), 'gangway-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'other'));
    for (const name of ['node', 'npx', 'python3', 'python3.12', 'other/node', 'other/npx']) {
      writeFileSync(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
    }
    return folder;
  }
});

describe('the line of a runtime', () => {
  it.each([
    ['{"errno":null,"ms":1.24}\n', { outcome: 'connected', errno: null, elapsedMs: 1.2 }],
    ['{"errno":"ECONNREFUSED","ms":0.5}', { outcome: 'failed', errno: 'ECONNREFUSED', elapsedMs: 0.5 }],
    ['{"errno":"timeout","ms":4000.1}', { outcome: 'timed-out', errno: null, elapsedMs: 4000.1 }],
    ['some noise\n{"errno": null, "ms": 2}\n', { outcome: 'connected', errno: null, elapsedMs: 2 }],
    ['Traceback (most recent call last):', null],
    ['{not ours}', null],
  ])('%j', (output, attempt) => expect(readLine(output)).toEqual(attempt));
});

describe('the answer of the gateway', () => {
  it('is a status, and what Proxy-Status says of a failure', () => {
    expect(readAnswer('HTTP/1.1 200 Connection established\r\n\r\n')).toEqual({
      status: 200,
      error: null,
      errno: null,
    });
    expect(
      readAnswer(
        'HTTP/1.1 502 Bad Gateway\r\nProxy-Status: mcp-gangway; error=connection_refused; details="ECONNREFUSED"\r\n\r\n',
      ),
    ).toEqual({ status: 502, error: 'connection_refused', errno: 'ECONNREFUSED' });
    expect(readAnswer('SSH-2.0-OpenSSH\r\n\r\n')).toEqual({ status: null, error: null, errno: null });
  });
});

describe('the certificate that Doctor reads', () => {
  const shown = {
    subject: { CN: 'nas' },
    issuer: { O: 'Home' },
    subjectaltname: 'DNS:nas.lan, IP Address:192.168.1.20',
    valid_from: 'Jan  1 00:00:00 2026 GMT',
    valid_to: 'Jan  1 00:00:00 2027 GMT',
  } as unknown as PeerCertificate;

  it.each([
    [null, 'trusted'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown-issuer'],
    ['CERT_HAS_EXPIRED', 'expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrong-name'],
    ['CERT_REVOKED', 'other'],
  ])('with the verdict %s is %s', (error, verdict) => {
    expect(certificateFacts(shown, error)).toEqual({
      subject: 'nas',
      issuer: 'Home',
      names: ['nas.lan', '192.168.1.20'],
      validFrom: '2026-01-01T00:00:00.000Z',
      validTo: '2027-01-01T00:00:00.000Z',
      verdict,
    });
  });

  it('need not be shown', () => expect(certificateFacts({} as PeerCertificate, null)).toBeNull());
});

describe('the servers a question may name', () => {
  const server = (name: string, client: string | null, args: readonly string[] = [], env = {}): KnownServer => ({
    name,
    client,
    mode: 'off',
    program: { kind: 'program', command: 'uvx', args, env, cwd: null },
  });
  const servers = [server('nas', 'Cursor'), server('nas', null), server('files', 'Claude Desktop')];

  it('are found by title, else by name, ours first', () => {
    expect(findServer(servers, 'nas')?.client).toBeNull();
    expect(findServer(servers, 'nas (Cursor)')?.client).toBe('Cursor');
    expect(findServer(servers, 'files')?.client).toBe('Claude Desktop');
    expect(findServer(servers, 'other')).toBeNull();
    expect(servers.map(titleOf)).toEqual(['nas (Cursor)', 'nas', 'files (Claude Desktop)']);
  });

  it.each([
    [['--url', 'http://nas.lan:8123/api'], {}, 'nas.lan:8123'],
    [['serve'], { HA_URL: 'https://192.168.1.20:8443' }, '192.168.1.20:8443'],
    [['--proxy=http://127.0.0.1:28080', 'https://nas.lan'], {}, 'nas.lan:443'],
    [['--db', 'postgresql://u:secret@db.lan:5432/x'], {}, 'db.lan:5432'],
    [['serve'], { TOKEN: 'abc' }, null],
  ])('tell where they want to go: %j', (args, env, expected) => {
    const found = targetOfServer(server('x', null, args, env));
    expect(found === null ? null : `${found.target.host}:${found.target.port}`).toBe(expected);
  });
});

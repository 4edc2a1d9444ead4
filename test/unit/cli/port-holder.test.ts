import { describe, expect, it } from 'vitest';
import {
  holderInLsof,
  listeningInodes,
  nameInTasklist,
  pidInNetstat,
  programName,
} from '../../../app/platform/port/port-holder.ts';

describe('the table of /proc/net/tcp', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:6DB0 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41001 1 0000000000000000 100 0 0 10 0',
    '   1: 0100007F:6DB0 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 41002 1 0000000000000000 20 4 30 10 -1',
    '   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41003 1 0000000000000000 100 0 0 10 0',
    '',
  ].join('\n');

  it('gives the inodes of the listeners of a port, not of its connections', () => {
    expect(listeningInodes(table, 28080)).toEqual(['41001']);
    expect(listeningInodes(table, 80)).toEqual(['41003']);
    expect(listeningInodes(table, 8080)).toEqual([]);
    expect(listeningInodes('', 80)).toEqual([]);
  });

  it('is read for IPv6 in the same way', () => {
    const line =
      '   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 77 1 0';
    expect(listeningInodes(`header\n${line}\n`, 8080)).toEqual(['77']);
  });
});

describe('the name of a program', () => {
  it.each([
    [['/usr/sbin/nginx', '-g', 'daemon off;'], 'nginx'],
    [['/usr/bin/python3.11', '-u', '/opt/mcp_proxy.py', '--token', 'secret'], 'python3.11 mcp_proxy.py'],
    [['node', '--inspect', 'server.js'], 'node server.js'],
    [['node', '-e', 'require("net")'], 'node'],
    [['mcp-gangway'], 'mcp-gangway'],
    [['redis-server *:6379', ''], 'redis-server *:6379'],
    [[''], ''],
  ])('of %j is %s', (argv, name) => expect(programName(argv)).toBe(name));
});

describe("lsof's fields", () => {
  it('give process and command', () => {
    expect(holderInLsof('p4711\ncpython3.11\nf3\n')).toEqual({ pid: 4711, name: 'python3.11' });
    expect(holderInLsof('p88\ncGoogle\\x20Chrome\nf12\np89\ncother\n')).toEqual({ pid: 88, name: 'Google Chrome' });
  });

  it('give no process when the port is free', () => {
    expect(holderInLsof('')).toBeNull();
    expect(holderInLsof('lsof: no pwd entry for UID 1000\n')).toBeNull();
  });
});

describe("Windows' tools", () => {
  const netstat = [
    '',
    'Aktive Verbindungen',
    '',
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         1044',
    '  TCP    127.0.0.1:28080        127.0.0.1:50123        HERGESTELLT     9999',
    '  TCP    127.0.0.1:28080        0.0.0.0:0              ABHÖREN         8124',
    '  TCP    [::1]:28081            [::]:0                 ABHÖREN         8125',
  ].join('\r\n');

  it('name the listener in every language of Windows', () => {
    expect(pidInNetstat(netstat, 28080)).toBe(8124);
    expect(pidInNetstat(netstat, 28081)).toBe(8125);
    expect(pidInNetstat(netstat, 8080)).toBeNull();
  });

  it('give the name of its program', () => {
    expect(nameInTasklist('"node.exe","8124","Console","1","52.316 K"\r\n')).toBe('node.exe');
    expect(nameInTasklist('INFORMATION: Es werden keine Aufgaben mit den angegebenen Kriterien ausgeführt.\r\n')).toBe(
      '',
    );
  });
});

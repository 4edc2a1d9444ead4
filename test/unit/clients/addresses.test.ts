import { describe, expect, it } from 'vitest';
import { redirected, variableNames } from '../../../app/clients/addresses/address.ts';
import { addressesIn } from '../../../app/clients/addresses/find.ts';
import type { Program } from '../../../app/clients/index.ts';

const LOCAL = { host: '127.0.0.1', port: 40_001 };

function program(command: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Program {
  return { kind: 'program', command, args, env, cwd: null };
}

type Row = readonly [
  what: string,
  before: Program,
  address: string,
  after: Pick<Program, 'args' | 'env'>,
  where: string,
];

describe('An address in a server’s command line and environment', () => {
  it.each<Row>([
    [
      'a connection string in a variable',
      program('npx', [], { DATABASE_URL: 'postgres://anna:pa%40ss@db.lan:5433/home?sslmode=disable' }),
      'postgres db.lan:5433',
      { args: [], env: { DATABASE_URL: 'postgres://anna:pa%40ss@127.0.0.1:40001/home?sslmode=disable' } },
      'DATABASE_URL',
    ],
    [
      'a connection string without a port',
      program('npx', ['-y', 'pg-mcp', 'postgresql+psycopg://anna@db.lan/home']),
      'postgresql+psycopg db.lan:5432',
      { args: ['-y', 'pg-mcp', 'postgresql+psycopg://anna@127.0.0.1:40001/home'], env: {} },
      '',
    ],
    [
      'an IPv6 address in an option',
      program('x', ['--broker=mqtt://[fd00::5]:1883']),
      'mqtt fd00::5:1883',
      { args: ['--broker=mqtt://127.0.0.1:40001'], env: {} },
      '--broker',
    ],
    [
      'a pair of variables',
      program('uvx', ['pg-mcp'], { PGHOST: 'db.lan', PGPORT: '5433', PGUSER: 'anna' }),
      'pg db.lan:5433',
      { args: ['pg-mcp'], env: { PGHOST: '127.0.0.1', PGPORT: '40001', PGUSER: 'anna' } },
      'PGHOST, PGPORT',
    ],
    [
      'a host whose port is its protocol’s own',
      program('uvx', ['x'], { REDIS_HOST: '10.0.0.9' }),
      'redis 10.0.0.9:6379',
      { args: ['x'], env: { REDIS_HOST: '127.0.0.1', REDIS_PORT: '40001' } },
      'REDIS_HOST',
    ],
    [
      'a broker with a port of that name',
      program('uvx', ['x'], { mqtt_broker: 'ha', mqtt_broker_port: '1884' }),
      'mqtt ha:1884',
      { args: ['x'], env: { mqtt_broker: '127.0.0.1', mqtt_broker_port: '40001' } },
      'mqtt_broker, mqtt_broker_port',
    ],
    [
      'host and port in one variable',
      program('uvx', ['x'], { KAFKA_SERVER: 'k.lan:9092' }),
      'null k.lan:9092',
      { args: ['x'], env: { KAFKA_SERVER: '127.0.0.1:40001' } },
      'KAFKA_SERVER',
    ],
    [
      'options with values behind them',
      program('node', ['x.js', '--host', 'nas.lan', '--port', '502']),
      'null nas.lan:502',
      { args: ['x.js', '--host', '127.0.0.1', '--port', '40001'], env: {} },
      '--host, --port',
    ],
    [
      'options with values in them, the port left out',
      program('redis-mcp', ['--host=nas.lan', '-v']),
      'redis nas.lan:6379',
      { args: ['--port', '40001', '--host=127.0.0.1', '-v'], env: {} },
      '--host',
    ],
    [
      'short options',
      program('mysql-mcp', ['-h', 'db.lan', '-P', '3307']),
      'mysql db.lan:3307',
      { args: ['-h', '127.0.0.1', '-P', '40001'], env: {} },
      '-h, -P',
    ],
    [
      'ssh with a port',
      program('ssh', ['-i', 'key', '-p', '2222', 'anna@nas.lan', 'mcp-server']),
      'ssh nas.lan:2222',
      { args: ['-i', 'key', '-p', '40001', 'anna@127.0.0.1', 'mcp-server'], env: {} },
      '-p',
    ],
    [
      'ssh behind another program, without a port',
      program('/usr/bin/env', ['ssh', '-T', 'nas.lan']),
      'ssh nas.lan:22',
      { args: ['ssh', '-p', '40001', '-T', '127.0.0.1'], env: {} },
      '',
    ],
  ])('is found and redirected: %s', (_, before, expected, after, where) => {
    const [address, ...others] = addressesIn(before);
    if (address === undefined) throw new Error('not found');
    expect(`${address.protocol} ${address.host}:${address.port}`).toBe(expected);
    expect(others).toEqual([]);
    expect(redirected(before, [address], LOCAL)).toEqual(after);
    expect(variableNames(address)).toBe(where);
  });

  it('keeps the port where the local one is the same and none is written', () => {
    const before = program('uvx', ['x'], { REDIS_HOST: 'nas.lan' });
    const [address] = addressesIn(before);
    if (address === undefined) throw new Error('not found');
    expect(redirected(before, [address], { host: '127.0.0.1', port: 6379 }).env).toEqual({ REDIS_HOST: '127.0.0.1' });
  });

  it('is told from what only looks like one', () => {
    const env = {
      HOST: 'nas.lan',
      IMAGE: 'redis:7',
      NODE_ENV: 'production',
      TIME: '12:30',
      X: 'mongodb+srv://c.lan/x',
    };
    expect(addressesIn(program('docker', ['run', 'img:3', '--host', '0.0.0.0', '--port', '80'], env))).toEqual([]);
    expect(addressesIn(program('redis-mcp', ['--skip', 'nas', '--server', 'nas'], { SHIP: 'nas' }))).toEqual([]);
    expect(addressesIn(program('x', [], { PGHOST: 'localhost', REDIS_URL: 'redis://127.0.0.1:6379' }))).toEqual([]);
    expect(addressesIn(program('x', [], { PGHOST: 'db.lan', PGPORT: '99999' }))).toEqual([]);
  });

  it('may be one of several', () => {
    const env = { HA_URL: 'http://ha.lan:8123/api', MQTT: 'mqtt://ha.lan', DB: 'mysql://db.lan:3306/x' };
    expect(addressesIn(program('x', [], env)).map(({ protocol, host, port }) => `${protocol} ${host}:${port}`)).toEqual(
      ['http ha.lan:8123', 'mqtt ha.lan:1883', 'mysql db.lan:3306'],
    );
  });
});

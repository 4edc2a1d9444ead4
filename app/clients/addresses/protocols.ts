import { ownValue } from '../../base/own-value.ts';
/** Port and kind of a protocol. What runs over UDP, or over connections that the other side opens, is not here. */
export interface Protocol {
  readonly port: number;
  /** Whether proxy variables lead it: then no forward is needed. */
  readonly isHttp?: true;
  /** Whether the name in the address is checked against a certificate or a host key. */
  readonly identity?: 'tls' | 'host-key';
}

const POSTGRES: Protocol = { port: 5432 };
const MYSQL: Protocol = { port: 3306 };
const MSSQL: Protocol = { port: 1433 };
const MONGO: Protocol = { port: 27_017 };
const AMQP: Protocol = { port: 5672 };
const SSH: Protocol = { port: 22, identity: 'host-key' };

/** By the names that schemes, commands and variables give them. Ports of IANA's registry or of the program itself. */
const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  postgres: POSTGRES,
  postgresql: POSTGRES,
  psql: POSTGRES,
  pg: POSTGRES,
  pgvector: POSTGRES,
  mysql: MYSQL,
  mariadb: MYSQL,
  mssql: MSSQL,
  sqlserver: MSSQL,
  oracle: { port: 1521 },
  redis: { port: 6379 },
  rediss: { port: 6379, identity: 'tls' },
  valkey: { port: 6379 },
  memcached: { port: 11_211 },
  mongodb: MONGO,
  mongo: MONGO,
  cassandra: { port: 9042 },
  bolt: { port: 7687 },
  neo4j: { port: 7687 },
  'bolt+s': { port: 7687, identity: 'tls' },
  'neo4j+s': { port: 7687, identity: 'tls' },
  amqp: AMQP,
  rabbitmq: AMQP,
  amqps: { port: 5671, identity: 'tls' },
  nats: { port: 4222 },
  mqtt: { port: 1883 },
  mqtts: { port: 8883, identity: 'tls' },
  modbus: { port: 502 },
  ldap: { port: 389 },
  ldaps: { port: 636, identity: 'tls' },
  imap: { port: 143 },
  imaps: { port: 993, identity: 'tls' },
  smtp: { port: 25 },
  smtps: { port: 465, identity: 'tls' },
  pop3: { port: 110 },
  adb: { port: 5555 },
  vnc: { port: 5900 },
  rdp: { port: 3389 },
  telnet: { port: 23 },
  smb: { port: 445 },
  ssh: SSH,
  sftp: SSH,
  scp: SSH,
  http: { port: 80, isHttp: true },
  ws: { port: 80, isHttp: true },
  https: { port: 443, isHttp: true },
  wss: { port: 443, isHttp: true },
};

/** Null for a name that is none, and for a protocol whose port is not known. */
export function protocolNamed(name: string): Protocol | null {
  // Drivers add their own name: `postgresql+psycopg`. MongoDB's `+srv` is looked up in DNS and has no port of its own.
  const plain = name.toLowerCase();
  return (
    ownValue(PROTOCOLS, plain) ?? ownValue(PROTOCOLS, plain.endsWith('+srv') ? '' : plain.replace(/\+.*$/, '')) ?? null
  );
}

/** The first protocol that a name such as `PGHOST`, `MQTT_BROKER_URL` or `--redis-host` tells of. */
export function protocolIn(name: string): string | null {
  const words = name
    .toLowerCase()
    .replace(/^(pg)(?=host|port|hostaddr)/, '$1_')
    .split(/[^a-z0-9]+/);
  return words.find((word) => protocolNamed(word) !== null) ?? null;
}

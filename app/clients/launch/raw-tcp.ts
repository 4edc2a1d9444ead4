import type { Program } from '../entry/index.ts';

/** Words for protocols that do not run over HTTP, so that no proxy variable can lead them anywhere. */
const WORDS = new Set(
  (
    'ssh sftp scp paramiko netmiko telnet ftp smb samba nfs postgres postgresql psql pg pghost pgvector mysql mariadb mssql sqlserver oracle ' +
    'redis valkey memcached mongo mongodb cassandra kafka rabbitmq amqp nats mqtt zigbee2mqtt modbus bacnet knx snmp ldap ' +
    'imap smtp pop3 adb rtsp onvif vnc rdp mdns ping wol serial'
  ).split(' '),
);

/**
 * The word in a server's command, arguments, addresses or variable names that tells of a protocol besides HTTP; null when
 * there is none. Of values in the environment only an address's scheme is looked at.
 */
export function rawTcpWord({ command, args, env }: Program): string | null {
  const schemes = Object.values(env).map((value) => /^([a-z][a-z0-9+]*):\/\//i.exec(value)?.[1] ?? '');
  const texts = [command.split(/[\\/]/).at(-1) ?? '', ...args, ...Object.keys(env), ...schemes];
  const words = texts.flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/));
  return words.find((word) => WORDS.has(word)) ?? null;
}

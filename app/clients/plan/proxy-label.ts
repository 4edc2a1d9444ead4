import { hash } from 'node:crypto';
import type { Client } from '../table/index.ts';
import type { EntryKey } from './record.ts';

/** Characters of a server's name that are kept; the whole label stays well below what the proxy remembers. */
const LONGEST_NAME = 64;

/** An entry, and the file it stands in. */
export interface Labelled {
  readonly client: Client;
  /** Which of the client's files it is: 0 for the likeliest. */
  readonly place: number;
  readonly key: EntryKey;
}

/**
 * The user name that a server shows to the proxy: `claude-desktop.home-assistant`. It names the client and the entry, and
 * no other entry of any client has the same one. Only letters, digits and `._-` are in it: not every HTTP library can send
 * other characters in a user name (RFC 7617 section 2.1 leaves their encoding open; Python's requests refuses them).
 */
export function proxyLabel({ client, place, key: { holder, name } }: Labelled): string {
  const plain = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replace(/^-+|-+$/g, '');
  const isMain = place === 0 && client.servers[0]?.join('\0') === holder.join('\0');
  if (plain === name && isMain) return `${client.id}.${name}`;
  const digest = hash('sha256', [...(place === 0 ? [] : [String(place)]), ...holder, name].join('\0'), 'hex').slice(
    0,
    6,
  );
  return `${client.id}.${plain === '' ? 'server' : plain}-${digest}`;
}

import { appFolder, homeFolder, type Person } from '../base/home-folder.ts';
import { type Announcement, type Place, reachable } from '../connect/index.ts';
import { type ControlFault, type Found, findInstance, socketHome } from '../control/client/index.ts';
import type { Text } from '../i18n/index.ts';
import { VERSION } from './command.ts';

/** What the command line says of the instance it is about; null for what it does not say. */
export interface InstanceOptions {
  readonly host: string | null;
  readonly port: number | null;
  readonly token: string | null;
}

/** The default address of a gateway, where no other is known. */
const USUAL = { host: '127.0.0.1', port: 28080 } as const;

export function thisPerson(): Person {
  const { platform, env } = process;
  return { platform, env, home: homeFolder() };
}

/**
 * The running instance of this account, by its control socket. A host that was named may be any machine's: then there is none.
 * `any` says whether a headless one on another than the usual port will do when no port is named.
 */
export async function findNamed({ host, port }: InstanceOptions, person: Person, any = true): Promise<Found> {
  if (host !== null) return { kind: 'none', refused: [] };
  const folders = [appFolder(person), appFolder({ ...person, env: { APPDATA: person.env['APPDATA'] } })];
  return findInstance(socketHome(folders, person.platform), { port, any, version: VERSION });
}

/**
 * Where the port is looked for when there is no control socket. The token goes only to an address of which the person has named
 * a part, and then nothing else that was found is part of it: an announcement may be older than who listens there.
 */
export function addressFor({ host, port, token }: InstanceOptions, announcement: Announcement | null): Place {
  const shown = host === null && port === null ? null : token;
  const found = announcement === null || announcement.control || shown !== null ? null : announcement.place;
  const known = found !== null && (port === null || port === found.port) ? found : USUAL;
  return { ...reachable({ host: host ?? known.host, port: port ?? known.port }), token: shown };
}

/** What is wrong with the running instances, in one sentence; null when nothing is. */
export function troubleOf(found: Found, text: Text): string | null {
  const words = text.control;
  switch (found.kind) {
    case 'several':
      return words.several(found.ports.join(text.status.comma));
    case 'incompatible':
      return incompatible(found.fault, text);
    case 'none':
      return found.refused.length === 0
        ? null
        : words.refusedFolder(found.refused.map(({ folder }) => folder).join(text.status.comma));
    case 'found':
      return null;
    default:
      return found satisfies never;
  }
}

function incompatible({ reason, data }: ControlFault, { control }: Text): string {
  const version = typeof data['version'] === 'string' ? data['version'] : '?';
  return reason === 'client-too-old' ? control.clientTooOld(version) : control.serverTooOld(version);
}

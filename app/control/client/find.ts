import { type FolderFault, listSockets, type SocketHome } from '../folder.ts';
import { ControlFault, type Hello } from '../protocol.ts';
import { ControlClient } from './client.ts';

/** What the search for a running instance has led to. */
export type Found =
  | { readonly kind: 'found'; readonly client: ControlClient }
  /** No instance has the port, or none runs. */
  | { readonly kind: 'none'; readonly refused: readonly { readonly folder: string; readonly fault: FolderFault }[] }
  /** Several run, and none of them is the one that is meant when no port is named. */
  | { readonly kind: 'several'; readonly ports: readonly number[] }
  /** The only ones there are speak another protocol: `fault.reason` says which side is too old. */
  | { readonly kind: 'incompatible'; readonly fault: ControlFault };

/** The default port. */
const USUAL_PORT = 28080;

/** `app on` goes before `headless on the usual port`, and that before `app off`; any other headless one has to be the only one. */
const RANK = { appOn: 3, usual: 2, appOff: 1, other: 0 } as const;

export interface Wanted {
  /** Null when none was named. */
  readonly port: number | null;
  /** Whether a headless one on another than the usual port will do when no port is named. */
  readonly any: boolean;
  /** Version of the program that looks. */
  readonly version: string;
}

/**
 * Finds the running instance of this account that is meant: the one on `port`, or, without one, the app, else a headless one
 * on the usual port, else the only one. Never rejects. The caller closes what it gets.
 */
export async function findInstance(home: SocketHome, { port, any, version }: Wanted): Promise<Found> {
  const { sockets, refused } = listSockets(home);
  const clients: ControlClient[] = [];
  let incompatible: ControlFault | null = null;
  let settle: () => void = () => undefined;
  /** Settles when the best match has answered: an instance that hangs must not delay it. */
  const best = new Promise<void>((resolve) => {
    settle = resolve;
  });
  let isOver = false;
  const greeted = sockets.map(async ({ path }) => {
    try {
      const client = await ControlClient.open(path, version);
      if (isOver) return client.close();
      clients.push(client);
      if (port === null ? rankOf(client.hello) === RANK.appOn : hasPort(client.hello, port)) settle();
    } catch (error) {
      // A socket without a process, or an instance that hangs: not found.
      if (error instanceof ControlFault && error.reason.startsWith('client-too-')) incompatible = error;
    }
  });
  await Promise.race([Promise.all(greeted), best]);
  isOver = true;
  const chosen = choose(any || port !== null ? clients : clients.filter(isUsual), port);
  for (const client of clients) if (client !== chosen) client.close();
  if (chosen instanceof ControlClient) return { kind: 'found', client: chosen };
  if (chosen !== null) return { kind: 'several', ports: chosen };
  return incompatible === null ? { kind: 'none', refused } : { kind: 'incompatible', fault: incompatible };
}

/** The client of the instance that is meant; the ports to choose from where that cannot be told; null when there is none. */
function choose(clients: readonly ControlClient[], port: number | null): ControlClient | readonly number[] | null {
  const meant = port === null ? clients : clients.filter(({ hello }) => hasPort(hello, port));
  const [first, second] = meant.toSorted((left, right) => rankOf(right.hello) - rankOf(left.hello));
  if (first === undefined) return null;
  if (port !== null || second === undefined || rankOf(first.hello) > RANK.other) return first;
  return meant.map(({ hello }) => portOf(hello)).sort((left, right) => left - right);
}

function isUsual({ hello }: ControlClient): boolean {
  return rankOf(hello) > RANK.other;
}

function rankOf({ role, listening, address }: Hello): number {
  if (role === 'app') return listening.length > 0 ? RANK.appOn : RANK.appOff;
  return (listening[0] ?? address).port === USUAL_PORT ? RANK.usual : RANK.other;
}

function hasPort({ listening, address }: Hello, port: number): boolean {
  return listening.length > 0 ? listening.some((place) => place.port === port) : address.port === port;
}

function portOf({ listening, address }: Hello): number {
  return (listening[0] ?? address).port;
}

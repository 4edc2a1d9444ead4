import { type BigIntStats, type FSWatcher, promises, watch } from 'node:fs';
import { dirname, isAbsolute, join, parse, resolve, sep } from 'node:path';
import { codeOf } from '../../base/errno.ts';
import { Mutex } from '../../base/mutex.ts';

/** Milliseconds without another event after which a change is read: editors write a file in several steps. */
const SETTLE = 100;

/**
 * Milliseconds between two polls of what the name leads to. Network drives report no change made elsewhere, and a folder that was
 * replaced reports only to watches of the folder above it: the poll finds what the watches miss.
 */
const LOOK = 3000;

/** As many links as Linux follows in one path (path_resolution(7)). */
const MOST_LINKS = 40;

export interface FollowOptions {
  /** The name may lead to something else now. Waited for, so that no two calls overlap; it must not reject. */
  readonly changed: () => Promise<void> | void;
  /** A folder cannot be watched (errno); called once. Polling goes on. */
  readonly unwatched: (code: string) => void;
  /** Milliseconds between two polls. */
  readonly look?: number;
}

export interface Followed {
  close(): void;
}

interface Watched {
  /** Device and inode: a folder of the same name may be another one. */
  readonly identity: string;
  readonly watcher: FSWatcher;
  names: ReadonlySet<string>;
}

/**
 * Follows a file by its name: through writes, replacements by rename, links that are re-made (a Kubernetes ConfigMap swaps `..data`),
 * folders that are swapped, and files that are not there yet. Watched are the folders that hold the file and each link on the way
 * to it, anew after every event. Keeps no process alive.
 */
export function followFile(file: string, options: FollowOptions): Followed {
  const path = resolve(file);
  const watched = new Map<string, Watched>();
  const mutex = new Mutex();
  let seen: string | null = null;
  let closed = false;
  let isTold = false;
  let settling: NodeJS.Timeout | undefined;

  const soon = (): void => {
    if (closed) return;
    clearTimeout(settling);
    settling = setTimeout(() => void mutex.run(attend), SETTLE).unref();
  };
  /** Watches first, so that an event reports a change between the two. */
  const attend = async (): Promise<void> => {
    if (closed) return;
    await rearm();
    if (closed) return;
    seen = identityOf(await statOf(path), 'content');
    await options.changed();
  };
  const rearm = async (): Promise<void> => {
    const wanted = await foldersOnTheWay(path);
    const identities = new Map<string, string>();
    for (const folder of wanted.keys()) identities.set(folder, identityOf(await statOf(folder), 'place'));
    if (closed) return;
    for (const [folder, { identity, watcher }] of watched) {
      if (wanted.has(folder) && identities.get(folder) === identity) continue;
      watcher.close();
      watched.delete(folder);
    }
    for (const [folder, names] of wanted) {
      const known = watched.get(folder);
      if (known === undefined) arm(folder, names, identities.get(folder) ?? '');
      else known.names = names;
    }
  };
  const arm = (folder: string, names: ReadonlySet<string>, identity: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        // A folder that is removed or renamed reports its own name.
        const isOurs = name === null || watched.get(folder)?.names.has(name) === true || name === parse(folder).base;
        if (isOurs) soon();
      });
      watcher.on('error', (error) => {
        watcher.close();
        if (watched.get(folder)?.watcher === watcher) watched.delete(folder);
        tell(error);
        soon();
      });
      watched.set(folder, { identity, watcher, names });
    } catch (error) {
      tell(error);
    }
  };
  const tell = (error: unknown): void => {
    const code = codeOf(error) ?? String(error);
    // Removed before it could be watched: the folder above it is watched next.
    if (isTold || code === 'ENOENT' || code === 'ENOTDIR' || code === 'EPERM') return;
    isTold = true;
    options.unwatched(code);
  };
  const poll = async (): Promise<void> => {
    if (closed) return;
    const now = identityOf(await statOf(path), 'content');
    if (now !== seen) await attend();
  };

  const polling = setInterval(() => void mutex.run(poll), options.look ?? LOOK).unref();
  // The caller has read the file before: this finds a change since then.
  void mutex.run(attend);
  return {
    close: () => {
      closed = true;
      clearInterval(polling);
      clearTimeout(settling);
      for (const { watcher } of watched.values()) watcher.close();
      watched.clear();
    },
  };
}

/**
 * The folders that hold the file and every link on the way to it, each with the names in it that count. Where something is missing,
 * the walk ends with the folder in which it would appear. Links in a root folder (`/tmp` on macOS) are left to polling: watching
 * a root there reports changes of the whole disk (FSEvents).
 */
async function foldersOnTheWay(path: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const folders = new Map<string, Set<string>>();
  const add = (folder: string, name: string): void => {
    if (folder === parse(folder).root && folder !== dirname(path)) return;
    folders.set(folder, (folders.get(folder) ?? new Set()).add(name));
  };
  let at = parse(path).root;
  let rest = path.slice(at.length).split(sep);
  let links = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const here = join(at, name);
    const link = await promises.readlink(here).catch(() => null);
    if (link !== null) {
      add(at, name);
      links += 1;
      if (links > MOST_LINKS) break;
      const target = isAbsolute(link) ? resolve(link) : resolve(at, link);
      at = parse(target).root;
      rest = [...target.slice(at.length).split(sep).filter(Boolean), ...rest];
      continue;
    }
    const stats = await statOf(here);
    if (rest.length === 0 || stats === null) add(at, name);
    if (stats === null) break;
    at = here;
  }
  return folders;
}

function statOf(path: string): Promise<BigIntStats | null> {
  return promises.stat(path, { bigint: true }).catch(() => null);
}

/** Empty for what is not there. */
function identityOf(stats: BigIntStats | null, of: 'place' | 'content'): string {
  if (stats === null) return '';
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return of === 'place' ? `${dev}:${ino}` : `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

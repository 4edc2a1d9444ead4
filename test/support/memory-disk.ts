import { posix } from 'node:path';
import type { Disk } from '../../app/clients/index.ts';

/** Files and symbolic links that are gone with the test: hundreds of histories need no medium. */
export interface MemoryDisk extends Disk {
  readonly files: Map<string, Buffer>;
  link(path: string, target: string): void;
  text(path: string): string;
}

export function memoryDisk(): MemoryDisk {
  const files = new Map<string, Buffer>();
  const links = new Map<string, string>();
  const real = (path: string): string => {
    const target = links.get(path);
    return target === undefined ? path : real(posix.resolve(posix.dirname(path), target));
  };
  const bytesOf = (path: string): Buffer => {
    const bytes = files.get(real(path));
    if (bytes === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
    return bytes;
  };
  return {
    files,
    link: (path, target) => void links.set(path, target),
    text: (path) => bytesOf(path).toString('utf8'),
    read: async (path) => bytesOf(path),
    realPath: async (path) => {
      bytesOf(path);
      return real(path);
    },
    facts: async (path) => {
      bytesOf(path);
      return { mode: 0o600, owner: 0, group: 0, links: 1 };
    },
    list: async (folder) => {
      const below = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))].sort();
    },
    create: async (path, bytes) => void files.set(path, Buffer.from(bytes)),
    rename: async (from, to) => {
      const bytes = bytesOf(from);
      files.delete(from);
      links.delete(to);
      files.set(to, bytes);
    },
    syncFolder: async () => undefined,
    remove: async (path) => void files.delete(path),
    makeFolder: async () => undefined,
  };
}

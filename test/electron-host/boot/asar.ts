import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { extractAll, getRawHeader } from '@electron/asar';

/** Unpacks an archive, since plain Node cannot read inside one, and checks every file against its recorded hash. */
export function unpackAsar(archive: string, target: string): void {
  extractAll(archive, target);
  checkFolder(getRawHeader(archive).header, target);
}

/** The part of an archive's header that matters here: a folder has files, a file has a hash, a link has neither. */
interface Entry {
  readonly files?: Readonly<Record<string, Entry>>;
  readonly integrity?: { readonly hash: string };
}

function checkFolder(entry: Entry, place: string): void {
  for (const [name, inner] of Object.entries(entry.files ?? {})) checkFolder(inner, path.join(place, name));
  if (entry.integrity === undefined) return;
  const hash = createHash('sha256').update(fs.readFileSync(place)).digest('hex');
  if (hash !== entry.integrity.hash) throw new Error(`${place} is not what the archive says it is`);
}

import fs from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

/** What the two worlds of a page need to be linked. */
export const bridge = script(['bridge/wire.ts', 'bridge/world-link.ts']);

/** For the page's own world. */
export const page = script(['bridge/page-world.ts']);

/** For the world of the preload. */
export const preload = script([
  'clone/views.ts',
  'clone/encode.ts',
  'clone/decode.ts',
  'preload/emitter.ts',
  'preload/ipc-renderer.ts',
  'preload/preload-world.ts',
]);

/** The modules of this folder as one classic script: without types, imports and exports, in an order that runs. */
function script(files: readonly string[]): string {
  return files
    .map((file) => stripTypeScriptTypes(fs.readFileSync(new URL(file, import.meta.url), 'utf8')))
    .map((text) => text.replace(/^import [^;]*;$/gm, '').replace(/^export /gm, ''))
    .join('\n');
}

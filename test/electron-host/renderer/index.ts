export { decodeClone } from './clone/decode.ts';
export { encodeClone } from './clone/encode.ts';
export { type FromPreload, receiveName, sendName, type ToPreload } from './preload/messages.ts';
export type { PreloadProcess } from './preload/preload-world.ts';
export { isolatedWorld, pageWorldScript, preloadFunction, preloadWorldScript } from './source-text.ts';

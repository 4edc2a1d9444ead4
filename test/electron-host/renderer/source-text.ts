import { receiveName, sendName } from './preload/messages.ts';
import type { PreloadProcess } from './preload/preload-world.ts';
import { bridge, page, preload } from './scripts.ts';

/** The name under which Chromium keeps the isolated world of the preloads. */
export const isolatedWorld = 'Electron Isolated Context';

/** For the page's own world. @param secret names the link; the page must not know it */
export function pageWorldScript(secret: string): string {
  return inTopFrame(`${bridge}\n${page}\njoinPageWorld(window, document, 'page${secret}', 'preload${secret}');`);
}

/** For the isolated world. @param source the text of the preload file, a classic script */
export function preloadWorldScript(secret: string, process: PreloadProcess, source: string): string {
  return inTopFrame(`${bridge}\n${preload}
    const send = globalThis.${sendName};
    delete globalThis.${sendName};
    globalThis.${receiveName} = runPreload(
      { document, mine: 'preload${secret}', theirs: 'page${secret}', process: ${JSON.stringify(process)}, send },
      ${preloadFunction(source)},
    );`);
}

/** The preload's text as a function expression. */
export function preloadFunction(source: string): string {
  return `(function (require, process, module, exports) {${source}\n})`;
}

/** Frames inside a page get no preload, as in Electron. */
function inTopFrame(body: string): string {
  return `if (window === window.top) { (() => {\n${body}\n})(); }`;
}

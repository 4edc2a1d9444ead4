import type { CdpPayload, CdpSession } from '../../chromium/index.ts';
import type { DeclaredEmitter } from '../../contract/declared-emitter.ts';
import { preventable } from '../../contract/preventable.ts';
import { violation } from '../../contract/violations.ts';
import { fromChromium } from '../protocol/index.ts';
import type { WebFrameMain } from './frames.ts';

/** What Chromium reports of a page and Electron only passes on. */
export function announceEvents(cdp: CdpSession, contents: DeclaredEmitter, mainFrame: () => WebFrameMain): void {
  cdp.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
    const isMainFrame = frameId === mainFrame().frameToken;
    contents.fire('did-navigate-in-page', preventable(), fromChromium(url), isMainFrame, 1, 1);
  });
  cdp.on('Runtime.consoleAPICalled', (call) => {
    contents.fire('console-message', preventable({ ...consoleMessage(call), frame: mainFrame() }));
  });
  cdp.on('Inspector.targetCrashed', () => {
    contents.fire('render-process-gone', preventable(), { reason: 'crashed', exitCode: 5 });
  });
  // It would hold up the page for good: no person is there to close it.
  cdp.on('Page.javascriptDialogOpening', ({ type, message }) => violation(`A page called ${type}(): ${message}`));
}

/** A line of a page's console, as Electron reports it. */
interface ConsoleMessage {
  readonly message: string;
  readonly level: 'info' | 'warning' | 'error' | 'debug';
  readonly lineNumber: number;
  readonly sourceId: string;
}

function consoleMessage({ args, type, stackTrace }: CdpPayload<'Runtime.consoleAPICalled'>): ConsoleMessage {
  const caller = stackTrace?.callFrames[0];
  return {
    message: args.map((arg) => String(arg.value ?? arg.description ?? arg.unserializableValue ?? arg.type)).join(' '),
    level: type === 'error' || type === 'warning' || type === 'debug' ? type : 'info',
    lineNumber: (caller?.lineNumber ?? 0) + 1,
    sourceId: fromChromium(caller?.url ?? ''),
  };
}

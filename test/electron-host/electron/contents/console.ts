import type { CdpPayload } from '../../chromium/index.ts';

type ConsoleCall = CdpPayload<'Runtime.consoleAPICalled'>;

/** A line of a page's console, as Electron reports it. */
export interface ConsoleMessage {
  readonly message: string;
  readonly level: 'info' | 'warning' | 'error' | 'debug';
  readonly lineNumber: number;
  readonly sourceId: string;
}

export function consoleMessage({ args, type, stackTrace }: ConsoleCall): ConsoleMessage {
  const caller = stackTrace?.callFrames[0];
  return {
    message: args.map((arg) => String(arg.value ?? arg.description ?? arg.unserializableValue ?? arg.type)).join(' '),
    level: type === 'error' || type === 'warning' || type === 'debug' ? type : 'info',
    lineNumber: (caller?.lineNumber ?? 0) + 1,
    sourceId: caller?.url ?? '',
  };
}

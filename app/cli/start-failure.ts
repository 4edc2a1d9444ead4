import type { Text } from '../i18n/index.ts';
import { freePortAfter, portHolder } from '../platform/port/index.ts';
import type { Settings } from '../settings/settings.ts';

/** Why the engine did not start, and what to do about it, in lines for a person. */
export async function explainStartFailure(error: unknown, settings: Settings, text: Text): Promise<readonly string[]> {
  const words = text.cliRun;
  const { code, port } = factsOf(error, settings);
  switch (code) {
    case 'EADDRINUSE':
      return explainTakenPort(port, settings, text);
    case 'EACCES':
      return [words.notAllowed(port)];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return [words.noSuchAddress(settings.host)];
    default:
      return [words.cannotStart(error instanceof Error ? error.message : String(error))];
  }
}

async function explainTakenPort(port: number, settings: Settings, text: Text): Promise<readonly string[]> {
  const words = text.cliRun.portTaken;
  const isOwnPort = port === settings.port;
  const holder = await portHolder(settings.host, port);
  if (holder.kind === 'gangway') {
    const stop = holder.pid === null ? [] : [words.stopIt(holder.pid, process.platform === 'win32')];
    return [words.byGangway(port, holder.pid), words.useIt(port), ...stop];
  }
  const free = await freePortAfter(port, settings.host);
  return [
    holder.kind === 'unknown' ? words.byUnknown(port) : words.byProgram(port, holder.name, holder.pid),
    isOwnPort ? words.otherPort(free) : words.otherForward(free),
  ];
}

/** The port is one of the TCP forwards' if the system says so, else our own. */
function factsOf(error: unknown, settings: Settings): { readonly code: string; readonly port: number } {
  if (!(error instanceof Error)) return { code: '', port: settings.port };
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    port: 'port' in error && typeof error.port === 'number' ? error.port : settings.port,
  };
}

import { authorityOf, type Target } from '../base/address.ts';
import { isLoopback } from '../base/host.ts';
import { type StartFailure, startFailure } from '../engine/index.ts';
import type { Text } from '../i18n/index.ts';
import type { Settings } from '../settings/settings.ts';
import { isTokenRequired } from '../settings/tokens.ts';

/** Why the engine did not start, and what to do about it, in lines for a person. */
export async function explainStartFailure(error: unknown, settings: Settings, text: Text): Promise<readonly string[]> {
  const words = text.port;
  const failure = await startFailure(error, settings);
  switch (failure.kind) {
    case 'port-taken':
      return explainTakenPort(failure, text);
    case 'not-allowed':
      return [words.notAllowed.sentence(failure.port), words.notAllowed.hint];
    case 'no-such-address':
      return [words.noSuchAddress.sentence(failure.host), words.noSuchAddress.hint];
    case 'other':
      return [text.cliRun.cannotStart(failure.reason)];
    default:
      return failure satisfies never;
  }
}

function explainTakenPort(
  { port, isOwnPort, holder, free }: StartFailure & { readonly kind: 'port-taken' },
  text: Text,
): readonly string[] {
  const words = text.port.taken;
  if (holder.kind === 'gangway') {
    const stop = holder.pid === null ? [] : [words.stopIt(holder.pid, process.platform === 'win32')];
    return [words.byGangway(port, holder.pid), words.useIt(port), ...stop];
  }
  return [
    holder.kind === 'unknown' ? words.byUnknown(port) : words.byProgram(port, holder.name, holder.pid),
    isOwnPort ? words.otherPort(free) : words.otherForward(free),
  ];
}

/** Below this many characters a token that is shown to a whole network can be found by trying. */
const SHORT_TOKEN = 16;

/** What a person reads once the port is open: chiefly the lines to copy. */
export function announcement(version: string, listening: readonly Target[], settings: Settings, text: Text): string {
  const words = text.cliRun;
  const { token, host } = settings;
  const isRequired = isTokenRequired(settings);
  const base = `http://${authorityOf(localAddress(listening, settings))}`;
  const proxy = !isRequired ? base : base.replace('//', '//gangway:TOKEN@');
  const blocks = [
    [words.ready(version)],
    [
      words.variables,
      ...indented(
        `HTTP_PROXY=${proxy}`,
        `HTTPS_PROXY=${proxy}`,
        'NO_PROXY=localhost,127.0.0.1,::1',
        'NODE_USE_ENV_PROXY=1',
      ),
    ],
    endpoints(base, settings, text),
    settings.forwards.map(({ port, host, targetPort }) =>
      words.forward(`127.0.0.1:${port}`, authorityOf({ host, port: targetPort })),
    ),
    isRequired ? [words.tokenPlaceholder] : [],
    isLoopback(host) ? [] : [words.otherMachines],
    !isLoopback(host) && token !== null && token.length < SHORT_TOKEN ? [words.shortToken] : [],
    [words.stop],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function endpoints(base: string, { servers, defaultServer, groups }: Settings, text: Text): readonly string[] {
  const words = text.cliRun;
  if (servers.length === 0) return [words.noServers];
  const urls = servers.flatMap(({ name }) =>
    name === defaultServer
      ? [`${base}/mcp`, `${base}/sse  ${words.olderClients}`]
      : [
          `${base}/servers/${encodeURIComponent(name)}/mcp`,
          `${base}/servers/${encodeURIComponent(name)}/sse  ${words.olderClients}`,
        ],
  );
  // A client that is to have all of them is set up once.
  const together = [
    ...(servers.length > 1 ? [`${base}/all/mcp  ${words.allServers}`] : []),
    ...groups.map(({ name }) => `${base}/groups/${encodeURIComponent(name)}/mcp  ${words.group(name)}`),
  ];
  return [words.endpoints, ...indented(...urls, ...together)];
}

function indented(...lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** The address by which programs of this machine reach us. */
function localAddress(listening: readonly Target[], settings: Settings): Target {
  const first = listening[0] ?? settings;
  if (first.host === '0.0.0.0') return { host: '127.0.0.1', port: first.port };
  return first.host === '::' ? { host: '::1', port: first.port } : first;
}

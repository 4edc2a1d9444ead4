import { ASPECTS, type Aspect, type Difference } from './compare.ts';
import type { Result } from './examine-server.ts';
import { ROUTES, type RouteName } from './routes.ts';
import type { CompatServer, Known } from './servers.ts';

/** A server with what was found, in the order of the list. */
export interface Examined {
  readonly server: CompatServer;
  readonly result: Result;
}

const NAMES: Readonly<Record<Aspect, string>> = {
  hello: 'greeting',
  tools: 'list of tools',
  prompts: 'list of prompts',
  resources: 'list of resources',
  templates: 'list of resource templates',
  call: 'call',
  cancel: 'withdrawn call',
  close: 'close',
  two: 'two at a time',
  kill: 'killed process',
};

/** The differences that the list does not explain, and explanations of what did not occur: each is a fault. */
export function faults(examined: readonly Examined[]): readonly string[] {
  return examined.flatMap(({ server, result }) => [
    ...ROUTES.flatMap((route) =>
      result.routes[route].differences
        .filter(({ aspect }) => knownOf(server, route, aspect) === undefined)
        .map((difference) => `${result.name}, ${route}, ${sentenceOf(difference)}`),
    ),
    ...(server.known ?? []).flatMap((known) => missing(server, result, known)),
    ...(result.leftBehind > 0 ? [`${result.name}: ${result.leftBehind} processes were left after the end`] : []),
  ]);
}

/** The page's table, with a note for each explanation. */
export function markdown(examined: readonly Examined[], network: string): string {
  const notes: string[] = [];
  const rows = examined.map(({ server, result }) => {
    const { tools, prompts, resources } = result.counts;
    const cells = ROUTES.map((route) => cellOf(server, result, route, notes));
    const revision = result.modern ? `${result.revision}, 2026-07-28` : result.revision;
    const counts = [tools, prompts, resources].map((count) => count ?? '–').join(' / ');
    const calls = new Set([server.call.tool, ...(server.slow ? [server.slow.tool] : [])]);
    const call = [...calls].map((tool) => `\`${tool}\``).join(', ');
    return [`${result.name} ${result.version}`, server.maker, revision, counts, call, ...cells];
  });
  const head = [
    'server',
    'maker',
    'revision',
    'tools / prompts / resources',
    'calls',
    ...ROUTES.map((route) => HEADS[route]),
  ];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const dates = examined.map(({ result }) => result.date).toSorted();
  const when = dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`;
  const machine = `${when}, Node ${process.versions.node} on ${process.platform}, ${network}.`;
  return [machine, '', ...lines, '', ...notes.map((note, index) => `${index + 1}. ${note}`)].join('\n').trimEnd();
}

const HEADS: Readonly<Record<RouteName, string>> = {
  '/mcp': '`/mcp`',
  '/sse': '`/sse`',
  connect: '`connect`',
  stateless: 'stateless',
};

function cellOf(server: CompatServer, result: Result, route: RouteName, notes: string[]): string {
  const { differences } = result.routes[route];
  if (differences.length === 0) return 'equal';
  const aspects = differences.map(({ aspect }) => {
    const why = knownOf(server, route, aspect)?.why;
    if (why === undefined) return `**${NAMES[aspect]}**`;
    if (!notes.includes(why)) notes.push(why);
    return `${NAMES[aspect]} (${notes.indexOf(why) + 1})`;
  });
  return aspects.join(', ');
}

function knownOf({ known = [] }: CompatServer, route: RouteName, aspect: Aspect): Known | undefined {
  return known.find(({ routes, aspects }) => routes.includes(route) && aspects.includes(aspect));
}

function missing(server: CompatServer, result: Result, { routes, aspects }: Known): readonly string[] {
  return routes.flatMap((route) =>
    ASPECTS.filter((aspect) => aspects.includes(aspect))
      .filter((aspect) => !result.routes[route].differences.some((difference) => difference.aspect === aspect))
      .map((aspect) => `${server.name}, ${route}: the known difference in the ${NAMES[aspect]} did not occur`),
  );
}

function sentenceOf({ aspect, where, direct, here }: Difference): string {
  return `${NAMES[aspect]}: ${where || 'all of it'} is ${here}, directly ${direct}`;
}

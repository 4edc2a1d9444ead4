import packageJson from '../../package.json' with { type: 'json' };
import type { LatencyFacts } from '../base/latency-histogram.ts';
import { plainly } from '../base/unseen.ts';
import type { Readiness } from '../bridge/index.ts';
import type { Page } from '../gateway/index.ts';
import type { Text } from '../i18n/index.ts';
import type { ToolLatency } from '../inspect/index.ts';
import { serverNamed } from '../servers/index.ts';
import type { Settings } from '../settings/settings.ts';
import type { EngineSnapshot } from './snapshot.ts';

/** What the pages show, as it is when one is asked for. */
export interface PageSource {
  /** Whether new clients are to go elsewhere. */
  readonly isDraining: () => boolean;
  readonly readiness: () => readonly Readiness[];
  readonly settings: () => Pick<Settings, 'servers'>;
  readonly snapshot: () => EngineSnapshot;
  readonly text: () => Text;
  readonly tools: () => readonly ToolLatency[];
}

/** The pages of the port that supervisors, Prometheus and people ask for, by their path. */
export function statusPages(source: PageSource): Readonly<Record<string, (query: URLSearchParams) => Page>> {
  return {
    '/healthz': () =>
      jsonPage({ status: 'ok', product: 'mcp-gangway', version: packageJson.version, pid: process.pid }),
    '/readyz': (query) => {
      if (source.isDraining()) return { ...jsonPage({ ready: false, draining: true }), status: 503 };
      const asked = query.get('server');
      const named = asked === null ? undefined : serverNamed(asked, source.settings().servers);
      return readyPage(source.readiness(), named?.name ?? asked, source.text());
    },
    '/metrics': () => ({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: renderMetrics(source.snapshot(), source.tools()),
    }),
    '/status': () => jsonPage(source.snapshot()),
  };
}

function jsonPage(body: object): Page {
  return { status: 200, type: 'application/json', body: JSON.stringify(body) };
}

/**
 * What a supervisor acts on: 503 when there are servers and none of them can be used. With `?server=NAME`, or its title, it is that server's
 * own answer, 404 when there is none of that name.
 */
function readyPage(servers: readonly Readiness[], name: string | null, text: Text): Page {
  if (name === null) {
    const ready = servers.length === 0 || servers.some((server) => server.ready);
    return { ...jsonPage({ ready, servers }), status: ready ? 200 : 503 };
  }
  const server = servers.find((one) => one.name === name);
  if (server !== undefined) return { ...jsonPage(server), status: server.ready ? 200 : 503 };
  const names = servers.map((one) => one.name);
  const message = text.servers.unknownServer(name, names);
  return { ...jsonPage({ ready: false, error: { message }, servers: names }), status: 404 };
}

interface Sample {
  /** Ready made: `{server="nas",use="session"}`. */
  readonly labels?: string;
  readonly suffix?: '_bucket' | '_sum' | '_count';
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The state in the text format of Prometheus, version 0.0.4. Times are in seconds, sizes in bytes. */
function renderMetrics(snapshot: EngineSnapshot, tools: readonly ToolLatency[]): string {
  return [...proxyFamilies(snapshot), ...bridgeFamilies(snapshot), ...toolFamilies(tools)].map(render).join('');
}

function proxyFamilies({ version, startedAt, tunnels, totals, tokens }: EngineSnapshot): Family[] {
  return [
    gauge('gangway_info', 'The running version.', [{ labels: `{version="${version}"}`, value: 1 }]),
    gauge('gangway_start_time_seconds', 'When the port was opened, since the epoch.', [
      { value: (startedAt ?? 0) / 1000 },
    ]),
    gauge('gangway_tunnels', 'Open tunnels.', [{ value: tunnels.length }]),
    counter('gangway_tunnels_total', 'Tunnels that reached their target.', [{ value: totals.tunnels }]),
    counter('gangway_forward_requests_total', 'Absolute-form requests, answered or failed.', [
      { value: totals.requests },
    ]),
    counter('gangway_proxy_failures_total', 'Requests and tunnels that failed.', [{ value: totals.failures }]),
    counter('gangway_proxy_bytes_total', 'Bytes through the proxy.', [
      { labels: '{direction="up"}', value: totals.up },
      { labels: '{direction="down"}', value: totals.down },
    ]),
    counter(
      'gangway_token_requests_total',
      'Requests, tunnels and SOCKS connections that showed a named token.',
      tokens.map(({ name, requests }) => ({ labels: `{token="${escapeLabel(name)}"}`, value: requests })),
    ),
  ];
}

function bridgeFamilies({ bridge: { servers, groups = [], sessionsOpened, latency } }: EngineSnapshot): Family[] {
  const each = (values: (server: (typeof servers)[number]) => readonly (readonly [string, number])[]): Sample[] =>
    servers.flatMap((server) =>
      values(server).map(([label, value]) => ({ labels: `{server="${escapeLabel(server.name)}"${label}}`, value })),
    );
  return [
    gauge(
      'gangway_server_up',
      'Whether a server takes new sessions.',
      each(({ state }) => [['', state === 'ready' ? 1 : 0]]),
    ),
    gauge(
      'gangway_sessions',
      'Open sessions.',
      each(({ sessions }) => [['', sessions.length]]),
    ),
    ...(groups.length === 0
      ? []
      : [
          gauge(
            'gangway_group_sessions',
            'Open sessions at addresses that several servers share; group="" is all of them.',
            groups.map(({ name, sessions }) => ({
              labels: `{group="${escapeLabel(name ?? '')}"}`,
              value: sessions.length,
            })),
          ),
        ]),
    counter('gangway_sessions_total', 'Sessions opened.', [{ value: sessionsOpened }]),
    gauge(
      'gangway_children',
      'Running children, by what they are for.',
      each(({ children }) =>
        (['session', 'shared', 'probe', 'spare'] as const).map((use) => [
          `,use="${use}"`,
          children.filter((child) => child.use === use).length,
        ]),
      ),
    ),
    counter(
      'gangway_child_spawns_total',
      'Children started.',
      each(({ spawns }) => [['', spawns]]),
    ),
    counter(
      'gangway_child_exits_total',
      'Children that ended, by how: asked by us, exited or killed on their own, never started.',
      each(({ exits }) => [
        [',reason="asked"', exits.asked],
        [',reason="exited"', exits.exited],
        [',reason="killed"', exits.killed],
        [',reason="not_started"', exits.notStarted],
      ]),
    ),
    counter(
      'gangway_child_bytes_total',
      'Bytes to and from children.',
      each(({ traffic }) => [
        [',direction="in"', traffic.toChildren],
        [',direction="out"', traffic.fromChildren],
      ]),
    ),
    {
      name: 'gangway_request_seconds',
      type: 'histogram',
      help: 'From the arrival of a request to the answer of its server.',
      samples: histogram(latency, ''),
    },
  ];
}

/** The most pairs of server and tool that are shown: every one is a time series of fifteen lines. */
const MOST_TOOLS = 1000;

function toolFamilies(all: readonly ToolLatency[]): Family[] {
  const tools = all.slice(0, MOST_TOOLS).map((tool) => ({
    ...tool,
    labels: `server="${escapeLabel(tool.server)}",tool="${escapeLabel(tool.tool)}"`,
  }));
  return [
    {
      name: 'gangway_tool_call_seconds',
      type: 'histogram',
      help: 'Calls of tools, from their arrival to the answer.',
      samples: tools.flatMap(({ latency, labels }) => histogram(latency, labels)),
    },
    counter(
      'gangway_tool_call_failures_total',
      'Calls of tools that were answered with an error, or with a result that says that the tool failed.',
      tools.map(({ labels, failures }) => ({ labels: `{${labels}}`, value: failures })),
    ),
  ];
}

/** `labels` without their braces. */
function histogram({ bounds, buckets, count, sum }: LatencyFacts, labels: string): Sample[] {
  const own = labels === '' ? {} : { labels: `{${labels}}` };
  const upTo = (bound: number | string) => `{${labels}${labels === '' ? '' : ','}le="${bound}"}`;
  return [
    ...bounds.map((bound, i) => ({ suffix: '_bucket' as const, labels: upTo(bound), value: buckets[i] ?? 0 })),
    { suffix: '_bucket', labels: upTo('+Inf'), value: count },
    { suffix: '_sum', ...own, value: sum },
    { suffix: '_count', ...own, value: count },
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples };
}

function render({ name, type, help, samples }: Family): string {
  const lines = samples.map(({ suffix = '', labels = '', value }) => `${name}${suffix}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** Names come from servers: nothing in them may steer the terminal that the page is read in. */
function escapeLabel(value: string): string {
  return plainly(value).replace(/[\\"]/g, '\\$&');
}

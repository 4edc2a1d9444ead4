import type { EngineSnapshot } from './snapshot.ts';

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
export function renderMetrics(snapshot: EngineSnapshot): string {
  return [...proxyFamilies(snapshot), ...bridgeFamilies(snapshot)].map(render).join('');
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

function bridgeFamilies({ bridge: { servers, sessionsOpened, latency } }: EngineSnapshot): Family[] {
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
      samples: [
        ...latency.bounds.map((bound, i) => ({
          suffix: '_bucket' as const,
          labels: `{le="${bound}"}`,
          value: latency.buckets[i] ?? 0,
        })),
        { suffix: '_bucket', labels: '{le="+Inf"}', value: latency.count },
        { suffix: '_sum', value: latency.sum },
        { suffix: '_count', value: latency.count },
      ],
    },
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

function escapeLabel(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}

import packageJson from '../../package.json' with { type: 'json' };
import type { Readiness } from '../bridge/index.ts';
import type { Page } from '../gateway/index.ts';
import type { Text } from '../i18n/index.ts';
import type { ToolLatency } from '../inspect/index.ts';
import { serverNamed } from '../servers/index.ts';
import type { Settings } from '../settings/settings.ts';
import { renderMetrics } from './metrics.ts';
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

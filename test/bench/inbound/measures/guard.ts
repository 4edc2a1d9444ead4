import { inRounds, plainRow } from '../../common/rounds.ts';
import { HttpConnection, type HttpRequest } from '../client/http-connection.ts';
import { encode } from '../client/transport.ts';
import type { Bridge } from '../subjects/bridge.ts';
import { FLOOR, type Measure } from './measure.ts';

const EVIL: Readonly<Record<string, string>>[] = [{ Origin: 'https://evil.example' }, { Host: 'evil.example' }];

/** What a web page gets that asks from another origin, or through a name that was re-bound to this machine. */
export const guardMeasure: Measure = {
  name: 'evil Origin and Host',
  async rows({ bridges }) {
    const behindBridges = bridges.filter(({ wire }) => wire !== FLOOR);
    const samples = await inRounds(behindBridges, 1, async (bridge) => {
      const statuses: number[] = [];
      for (const headers of EVIL) statuses.push(await statusOf(bridge, headers));
      return statuses;
    });
    return [
      plainRow(
        'evil Origin / evil Host: HTTP status',
        samples,
        ([statuses = []]) => ({
          text: statuses.join(' / '),
          value: statuses.filter((status) => status !== 403).length,
        }),
        { atMost: 0 },
      ),
    ];
  },
};

/** Status of the answer to what a client would say first. A stream is hung up on after its head. */
function statusOf(bridge: Bridge, headers: Readonly<Record<string, string>>): Promise<number> {
  const connection = new HttpConnection(bridge.port);
  return new Promise((resolve, reject) => {
    connection
      .exchange(firstWords(bridge, headers), {
        head: ({ status }) => {
          resolve(status);
          connection.destroy();
        },
        chunk: () => undefined,
      })
      .catch(reject);
  });
}

function firstWords({ wire }: Bridge, headers: Readonly<Record<string, string>>): HttpRequest {
  if (wire === 'SSE') return { method: 'GET', path: '/sse', headers: { ...headers, Accept: 'text/event-stream' } };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'page', version: '1' } };
  return {
    method: 'POST',
    path: '/mcp',
    headers: { ...headers, 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    body: encode({ id: 1, method: 'initialize', params }),
  };
}

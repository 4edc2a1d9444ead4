import type { BridgeHost } from './bridge-host.ts';
import type { Message } from './http-client.ts';
import { modernAnswer } from './modern-request.ts';
import { openSession, openSse } from './raw-mcp.ts';

/** Sends a request and resolves with its answer. */
export type Ask = (method: string, params?: object) => Promise<Message>;

/** The ways of a client to the servers `old`, which speaks the legacy revisions, and `new`, which speaks 2026-07-28, and how a resource that is not there is called in the revision it speaks. */
export const WAYS: readonly (readonly [string, string, (host: BridgeHost, within?: string) => Promise<Ask>, number])[] =
  [
    ...(['old', 'new'] as const).flatMap((server) => [
      [
        `HTTP+SSE to ${server}`,
        server,
        async (host: BridgeHost, within = '') => {
          const client = await openSse(host.url, `${within}/servers/${server}/sse`);
          await client.call('initialize', { protocolVersion: '2024-11-05', capabilities: {} });
          await client.post({ method: 'notifications/initialized' });
          return client.call;
        },
        -32002,
      ] as const,
      ...(['2025-06-18', '2025-11-25'] as const).map(
        (revision) =>
          [
            `Streamable HTTP of ${revision} to ${server}`,
            server,
            async (host: BridgeHost, within = '') => {
              const client = await openSession(host.url, { path: `${within}/servers/${server}/mcp`, revision });
              await client.post({ method: 'notifications/initialized' });
              return client.call;
            },
            -32002,
          ] as const,
      ),
      [
        `Streamable HTTP of 2026-07-28 to ${server}`,
        server,
        async (host: BridgeHost, within = '') =>
          (method: string, params: object = {}) =>
            modernAnswer(`${host.url}${within}/servers/${server}`, { method, params: { ...params } }),
        -32602,
      ] as const,
    ]),
  ];

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Build } from '../common/gangway.ts';
import type { Command } from '../common/program.ts';
import { Session } from '../inbound/client/session.ts';
import { StdioTransport } from '../inbound/client/stdio-transport.ts';
import type { Bridge } from '../inbound/subjects/bridge.ts';

/** Column of the server that the client starts itself. */
export const DIRECT = 'direct';

const MCP_REMOTE = fileURLToPath(new URL('../../../node_modules/mcp-remote/dist/proxy.js', import.meta.url));

/** A program that a stdio client starts: the server itself, or what stands in front of a gateway that has started it. */
export interface ShimSubject {
  readonly name: string;
  readonly command: Command;
}

/** A gateway of a build, which has the server as its default one. */
export interface ShimGateway {
  readonly build: Build;
  readonly gateway: Bridge;
}

/** `server` is what the client would start by itself; mcp-remote leads to the first gateway. */
export function shimSubjects(server: Command, gateways: readonly ShimGateway[]): readonly ShimSubject[] {
  const node = process.execPath;
  const port = gateways[0]?.gateway.port ?? 0;
  const remote = ['--allow-http', '--silent', '--transport', 'http-only'];
  return [
    { name: DIRECT, command: server },
    ...gateways.flatMap(({ build: { name, cli }, gateway }) =>
      cli === null
        ? []
        : [
            {
              name: `${name} connect`,
              command: { command: node, args: [cli, 'connect', '-p', String(gateway.port)] },
            },
          ],
    ),
    ...(existsSync(MCP_REMOTE)
      ? [
          {
            name: 'mcp-remote',
            command: { command: node, args: [MCP_REMOTE, `http://127.0.0.1:${port}/mcp`, ...remote] },
          },
        ]
      : []),
  ];
}

/** A client whose program has just been started. */
export function startSession({ command }: ShimSubject): Promise<Session> {
  return Session.over(async (events) => new StdioTransport(command, events));
}

/** A client that has shaken hands. */
export async function connectedSession(subject: ShimSubject): Promise<Session> {
  const session = await startSession(subject);
  await session.initialize();
  await session.confirm();
  return session;
}

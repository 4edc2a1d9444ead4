import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CLI, GANGWAY } from '../common/gangway.ts';
import type { Command } from '../common/program.ts';
import { Session } from '../inbound/client/session.ts';
import { StdioTransport } from '../inbound/client/stdio-transport.ts';

/** Column of the server that the client starts itself. */
export const DIRECT = 'direct';

const MCP_REMOTE = fileURLToPath(new URL('../../../node_modules/mcp-remote/dist/proxy.js', import.meta.url));

/** A program that a stdio client starts: the server itself, or what stands in front of a gateway that has started it. */
export interface ShimSubject {
  readonly name: string;
  readonly command: Command;
}

/** `server` is what the client would start by itself; the gateway on `port` has it as its default server. */
export function shimSubjects(server: Command, port: number): readonly ShimSubject[] {
  const node = process.execPath;
  const remote = ['--allow-http', '--silent', '--transport', 'http-only'];
  return [
    { name: DIRECT, command: server },
    { name: `${GANGWAY} connect`, command: { command: node, args: [CLI, 'connect', '-p', String(port)] } },
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

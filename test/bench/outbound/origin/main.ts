import { once } from 'node:events';
import type { Server } from 'node:net';
import { byteService } from './byte-service.ts';
import { httpService } from './http-service.ts';

/** The origin as a program of its own: prints `{"bytes":PORT,"http":PORT}` once it listens on 127.0.0.1. */
async function listen(server: Server): Promise<number> {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has a port');
  return address.port;
}

process.stdout.write(`${JSON.stringify({ bytes: await listen(byteService()), http: await listen(httpService()) })}\n`);

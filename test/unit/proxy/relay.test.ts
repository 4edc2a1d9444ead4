import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readRaw } from '../../../app/base/raw-reads.ts';
import { addressOf } from '../../support/tcp.ts';

describe('raw reads of sockets', () => {
  it('are live on this Node, for accepted and for dialled sockets', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepting = once(server, 'connection');
    const dialled = connect(addressOf(server).port, '127.0.0.1');
    await once(dialled, 'connect');
    const [accepted] = await accepting;
    for (const [reading, writing] of [
      [accepted, dialled],
      [dialled, accepted],
    ]) {
      const memory = Buffer.alloc(16);
      const arrived = Promise.withResolvers<string>();
      const live = readRaw(reading, {
        next: () => memory,
        read(bytes, buffer) {
          arrived.resolve(buffer === memory ? String(buffer.subarray(0, bytes)) : 'another buffer');
          return true;
        },
      });
      expect(live).toBe(true);
      reading.resume();
      writing.write('bytes');
      expect(await arrived.promise).toBe('bytes');
    }
    dialled.destroy();
    server.close();
    await once(server, 'close');
  });
});

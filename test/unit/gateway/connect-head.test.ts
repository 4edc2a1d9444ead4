import { once } from 'node:events';
import { createServer } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConnectHead } from '../../../app/gateway/listener.ts';
import { heapAfterCollection } from '../../support/heap.ts';
import { processorTime } from '../../support/processor-time.ts';
import { addressOf, RawClient } from '../../support/tcp.ts';

const plain = 'CONNECT nas.lan:443 HTTP/1.1\r\nHost: nas.lan:443\r\n';

describe('readConnectHead', () => {
  it('reads a plain head and the bytes behind it', () => {
    expect(readConnectHead(Buffer.from(`${plain}Proxy-Authorization:  Basic eDp5 \r\n\r\nearly`))).toEqual({
      authority: 'nas.lan:443',
      authorization: 'Basic eDp5',
      early: Buffer.from('early'),
    });
  });

  it.each([
    ['an unfinished head', plain],
    ['two Hosts', `${plain}Host: other\r\n\r\n`],
    ['no Host', 'CONNECT nas.lan:443 HTTP/1.1\r\nUser-Agent: x\r\n\r\n'],
    ['two Proxy-Authorizations', `${plain}Proxy-Authorization: a\r\nproxy-authorization: b\r\n\r\n`],
    ['a folded line', `${plain}A: b\r\n c\r\n\r\n`],
    ['a bare LF', `${plain}A: b\nC: d\r\n\r\n`],
    ['a bare CR', `${plain}A: b\rC: d\r\n\r\n`],
    ['NUL', `${plain}A: b\0\r\n\r\n`],
    ['a space before the colon', `${plain}A : b\r\n\r\n`],
    ['content', `${plain}Content-Length: 1\r\n\r\n`],
    ['a coding', `${plain}Transfer-Encoding: chunked\r\n\r\n`],
    ['HTTP/1.0', 'CONNECT nas.lan:443 HTTP/1.0\r\nHost: x\r\n\r\n'],
    ['two spaces', 'CONNECT  nas.lan:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('leaves %s to the HTTP parser', (_, head) => {
    expect(readConnectHead(Buffer.from(head, 'latin1'))).toBeNull();
  });
});

it('A head is read in no more time than it is long, whatever blanks are in it', () => {
  const head = `${plain}Proxy-Authorization: Basic${' '.repeat(15_000)}x\r\n\r\n`;
  expect(readConnectHead(Buffer.from(head))?.authorization).toHaveLength(15_006);
  expect(processorTime(() => readConnectHead(Buffer.from(head)))).toBeLessThan(500);
});

it('A target that is kept does not keep the head that it was read from', () => {
  const lone = (n: number): string => `server-${n}.example:443`;
  const kept: (string | undefined)[] = [];
  const before = heapAfterCollection();
  for (let n = 0; n < 1_000; n++) {
    const head = `CONNECT ${lone(n)} HTTP/1.1\r\nHost: ${lone(n)}\r\nX: ${'x'.repeat(15_000)}\r\n\r\n`;
    kept.push(readConnectHead(Buffer.from(head))?.authority);
  }
  expect(heapAfterCollection() - before).toBeLessThan(4_000_000);
  expect(kept[999]).toBe(lone(999));
});

describe('beside the HTTP parser', () => {
  const server = createServer();
  const seen: string[] = [];

  beforeAll(async () => {
    server.on('connect', (request, socket) => {
      seen.push(request.url ?? '');
      socket.end('CONNECTED');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(() => {
    server.close();
  });

  it('accepts no head that the parser would refuse', async () => {
    const piece = fc.constantFrom(
      'CONNECT ',
      'a:1',
      ' HTTP/1.1',
      '\r\n',
      '\n',
      '\r',
      'Host',
      ': ',
      ':',
      ' ',
      'x',
      '\t',
      'Proxy-Authorization',
      '\0',
      'é',
    );
    const noisy = fc
      .array(piece, { maxLength: 12 })
      .map((pieces) => `CONNECT a:1 HTTP/1.1\r\nHost: a\r\n${pieces.join('')}\r\n\r\n`);
    await fc.assert(
      fc.asyncProperty(noisy, async (head) => {
        if (readConnectHead(Buffer.from(head, 'latin1')) === null) return;
        using client = await RawClient.connect(addressOf(server).port);
        client.send(head);
        expect(await client.untilEnd()).toBe('CONNECTED');
      }),
      { numRuns: 300 },
    );
  });
});

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { findHomeAssistants } from '../../../app/servers/found-remotes.ts';

function name(written: string): Buffer {
  const labels = written
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function record(owner: Buffer, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(0x8001, 2);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, head, data]);
}

function answer(...records: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(0x8400, 2);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, ...records]);
}

function srv(port: number, target: string): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(port, 4);
  return Buffer.concat([head, name(target)]);
}

const SERVICE = '_home-assistant._tcp.local';
/** The name of the first record, by a pointer to it: offset 12. */
const POINTER = Buffer.from([0xc0, 12]);

function home(host: string, port: number, ...texts: readonly string[]): Buffer {
  const instance = Buffer.concat([Buffer.from([4]), Buffer.from('Home'), POINTER]);
  const txt = Buffer.concat(texts.map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])));
  return answer(record(name(SERVICE), 12, instance), record(instance, 33, srv(port, host)), record(instance, 16, txt));
}

/** A neighbour that answers each question with these bytes; what it was asked comes back too. */
async function askedOf(...answers: readonly Buffer[]) {
  const neighbour = createSocket('udp4').bind(0, '127.0.0.1');
  await once(neighbour, 'listening');
  const questions: Buffer[] = [];
  neighbour.on('message', (question, { port, address }) => {
    questions.push(question);
    for (const bytes of answers) neighbour.send(bytes, port, address);
  });
  const { port } = neighbour.address();
  const found = await findHomeAssistants({ at: { host: '127.0.0.1', port }, patience: 300 });
  neighbour.close();
  return { found, questions };
}

describe('Home Assistant on the local network', () => {
  it('is asked for once by its service, with an answer to the sender alone, and found with the URL of its MCP server', async () => {
    const { found, questions } = await askedOf(
      home(
        'homeassistant.local',
        8123,
        'location_name=Zuhause',
        'internal_url=http://192.168.1.9:8123',
        'version=2026.11.1',
      ),
    );
    expect(found).toEqual([{ name: 'Zuhause', url: 'http://homeassistant.local:8123/api/mcp' }]);
    const [question = Buffer.alloc(0)] = questions;
    expect(question.subarray(12)).toEqual(Buffer.concat([name(SERVICE), Buffer.from([0, 12, 0x80, 1])]));
  });

  it('that answers twice or over https is one, with that scheme', async () => {
    const one = home('ha.local', 443, 'internal_url=https://ha.example');
    expect((await askedOf(one, one)).found).toEqual([{ name: 'Home', url: 'https://ha.local:443/api/mcp' }]);
  });

  it('is not made up from hostile answers: loops, lengths beyond the end, hosts that are none, floods of counts', async () => {
    const loop = answer(record(Buffer.from([0xc0, 12]), 12, Buffer.from([0xc0, 12])));
    const forward = answer(record(Buffer.from([0xc0, 200]), 12, POINTER));
    const torn = home('ha.local', 8123).subarray(0, 60);
    const counts = home('ha.local', 8123);
    counts.writeUInt16BE(0xffff, 6);
    const question = home('ha.local', 8123);
    question.writeUInt16BE(0, 2);
    const hosts = [home('evil.local/@x', 80), home('a b', 80), home('ha.local', 0)];
    const bad = [loop, forward, torn, counts, question, ...hosts, Buffer.alloc(0), Buffer.alloc(9000, 0xff)];
    const { found } = await askedOf(...bad, home('good.local', 8123));
    expect(found).toEqual([{ name: 'Home', url: 'http://good.local:8123/api/mcp' }]);
  });

  it('may not be there: then nothing is found', async () => {
    expect((await askedOf()).found).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { type Origin, RawClient, startEcho } from '../../support/tcp.ts';

let gangway: Gangway;
let echo: Origin;

beforeAll(async () => {
  gangway = await startGangway();
  echo = await startEcho();
});

afterAll(async () => {
  await gangway[Symbol.asyncDispose]();
  await echo[Symbol.asyncDispose]();
});

const GREETING = Buffer.from([5, 1, 0]);
const IPV4 = [127, 0, 0, 1];

function portBytes(port: number): number[] {
  return [port >> 8, port & 0xff];
}

function request(type: number, address: readonly number[], port: number, command = 1): Buffer {
  return Buffer.from([5, command, 0, type, ...address, ...portBytes(port)]);
}

function named(host: string, port: number): Buffer {
  return request(3, [host.length, ...Buffer.from(host)], port);
}

function credentials(user: string, password: string): Buffer {
  return Buffer.from([1, user.length, ...Buffer.from(user), password.length, ...Buffer.from(password)]);
}

/** Sends the parts, each once the proxy has answered the one before, and returns all that came back. */
async function talk(port: number, ...parts: readonly Buffer[]): Promise<RawClient> {
  const client = await RawClient.connect(port);
  for (const part of parts) {
    const before = client.bytes.length;
    client.send(part);
    if (!client.ended) await client.until(() => client.bytes.length > before).catch(() => '');
  }
  return client;
}

describe('SOCKS5', () => {
  it('reaches names, IPv4 and says which local address it used', async () => {
    for (const asked of [named('localhost', echo.port), request(1, IPV4, echo.port)]) {
      using client = await talk(gangway.port, GREETING, asked);
      expect([...client.bytes.subarray(0, 10)]).toEqual([5, 0, 5, 0, 0, 1, ...IPV4]);
      client.send('ping');
      await client.until((text) => text.endsWith('ping'));
    }
  });

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]'])('reaches an address that is sent as a name: %s', async (host) => {
    using client = await talk(gangway.port, GREETING, named(host, echo.port));
    expect(client.bytes[3]).toBe(0);
    client.send('ping');
    expect(await client.until((text) => text.endsWith('ping'))).toMatch(/ping$/);
  });

  it.each(['[::1]', '[::1%lo]', '[fe80::1%lo]', '[fe80::1%25lo]'])(
    'takes an IPv6 address in brackets for an address, with its zone: %s',
    async (host) => {
      using client = await talk(gangway.port, GREETING, named(host, 1));
      // Unreachable or refused, at once; "general failure" is what a name that is none gets.
      expect([3, 4, 5]).toContain(client.bytes[3]);
    },
  );

  it.each(['[127.0.0.1]', '[nas.lan]', '[::1', '::1]', '[]'])(
    'takes brackets around nothing else: %s',
    async (host) => {
      using client = await talk(gangway.port, GREETING, named(host, 1));
      expect(client.bytes[3]).toBe(1);
    },
  );

  it('reaches IPv6 (or says that this machine has none)', async () => {
    const loopback6 = [...Array.from({ length: 15 }, () => 0), 1];
    using client = await talk(gangway.port, GREETING, request(4, loopback6, 1));
    expect([3, 5]).toContain(client.bytes[3]);
  });

  it('reads a handshake in one packet, with data behind it', async () => {
    using client = await RawClient.connect(gangway.port);
    client.send(Buffer.concat([GREETING, named('localhost', echo.port), Buffer.from('early')]));
    expect(await client.until((text) => text.endsWith('early'))).toMatch(/early$/);
  });

  it('reads a handshake that comes byte by byte', async () => {
    using client = await RawClient.connect(gangway.port);
    for (const byte of Buffer.concat([GREETING, named('localhost', echo.port), Buffer.from('late')])) {
      client.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.until((text) => text.endsWith('late'))).toMatch(/late$/);
  });

  it.each([
    ['a closed port', request(1, IPV4, 1), 5],
    ['a name that does not exist', named('no-such-host.invalid', 80), 4],
    ['port 0', request(1, IPV4, 0), 1],
    ['a name with a space', named('a b', 80), 1],
    ['an empty name', named('', 80), 1],
    ['BIND', request(1, IPV4, 80, 2), 7],
    ['UDP ASSOCIATE', request(1, IPV4, 80, 3), 7],
    ['an unknown address type', request(9, IPV4, 80), 8],
  ])('answers %s with its reply code', async (_, asked, reply) => {
    using client = await talk(gangway.port, GREETING, asked);
    await client.untilEnd();
    expect([...client.bytes.subarray(2, 4)]).toEqual([5, reply]);
  });

  it('refuses itself as a target', async () => {
    using client = await talk(gangway.port, GREETING, request(1, IPV4, gangway.port));
    await client.untilEnd();
    expect(client.bytes[3]).toBe(2);
  });

  it('refuses methods it does not know', async () => {
    using client = await talk(gangway.port, Buffer.from([5, 1, 1]));
    await client.untilEnd();
    expect([...client.bytes]).toEqual([5, 0xff]);
  });

  it('takes the user name of a client that offers one as its label', async () => {
    using client = await talk(
      gangway.port,
      Buffer.from([5, 2, 0, 2]),
      credentials('nas', ''),
      named('localhost', echo.port),
    );
    expect([...client.bytes.subarray(0, 6)]).toEqual([5, 2, 1, 0, 5, 0]);
    expect(gangway.engine.snapshot().tunnels).toContainEqual(expect.objectContaining({ kind: 'socks', label: 'nas' }));
  });

  it('answers SOCKS4 in its own protocol with a rejection', async () => {
    using client = await RawClient.connect(gangway.port);
    client.send(Buffer.from([4, 1, 0, 80, 0, 0, 0, 1, 0, ...Buffer.from('host\0')]));
    await client.untilEnd();
    expect([...client.bytes]).toEqual([0, 91, 0, 0, 0, 0, 0, 0]);
  });
});

describe('SOCKS5 with a token', () => {
  it('admits only the right password', async () => {
    await using locked = await startGangway({ token: 'secret' });
    using right = await talk(
      locked.port,
      Buffer.from([5, 1, 2]),
      credentials('me', 'secret'),
      named('localhost', echo.port),
    );
    expect([...right.bytes.subarray(0, 6)]).toEqual([5, 2, 1, 0, 5, 0]);
    using wrong = await talk(locked.port, Buffer.from([5, 1, 2]), credentials('me', 'guess'));
    await wrong.untilEnd();
    expect([...wrong.bytes]).toEqual([5, 2, 1, 1]);
    using none = await talk(locked.port, GREETING);
    await none.untilEnd();
    expect([...none.bytes]).toEqual([5, 0xff]);
  });
});

import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { endWithUs } from '../common/end-with-us.ts';
import { CLI } from '../common/gangway.ts';

/** What an operation works with. */
export interface Scene {
  readonly port: number;
  /** `host:port` of the origin. */
  readonly authority: string;
  /** Resets every connection that the origin has now. */
  breakOrigin(): void;
  /** A child of the gateway, whichever. */
  childPid(): number | null;
}

export interface Operation {
  readonly name: string;
  /** Of a hundred operations, how many. */
  readonly share: number;
  run(scene: Scene): Promise<void>;
}

/** Milliseconds an operation may take. */
const PATIENCE = 30_000;

const JSON_FIELDS = 'Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n';
const CLIENT = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'soak', version: '1' } };
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'soak', version: '1' },
};

/** Sends `bytes`, collects until `enough` and lets `then` have the socket, which is gone afterwards whatever happens. */
function talk<Result>(
  port: number,
  bytes: string | Buffer,
  enough: (text: string) => boolean,
  then: (socket: Socket, text: string) => Result | Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    const timer = setTimeout(() => fail(new Error(`silence after ${JSON.stringify(text.slice(0, 80))}`)), PATIENCE);
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const receive = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!enough(text)) return;
      clearTimeout(timer);
      socket.off('data', receive);
      const handled = async () => then(socket, text);
      void handled()
        .then(resolve, reject)
        .finally(() => socket.destroy());
    };
    socket.on('data', receive);
    socket.on('error', fail);
    socket.on('close', () => fail(new Error(`closed after ${JSON.stringify(text.slice(0, 80))}`)));
    socket.write(bytes);
  });
}

const hasHead = (text: string) => text.includes('\r\n\r\n');

function hasWholeAnswer(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length);
}

function expectStatus(text: string, ...statuses: readonly number[]): void {
  const status = Number(text.slice(9, 12));
  if (!statuses.includes(status)) throw new Error(`status ${status}: ${text.slice(-200)}`);
}

function post(port: number, message: object, fields = '', path = '/mcp'): Promise<string> {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${JSON_FIELDS}${fields}Content-Length: ${body.length}\r\n\r\n`;
  return talk(port, head + body, hasWholeAnswer, (_, text) => text);
}

function connectHead({ authority }: Scene): string {
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
}

function getHead({ authority }: Scene, path: string): string {
  return `GET http://${authority}${path} HTTP/1.1\r\nHost: ${authority}\r\nConnection: close\r\n\r\n`;
}

async function tunnel(scene: Scene, end: (socket: Socket) => void): Promise<void> {
  await talk(scene.port, connectHead(scene), hasHead, (socket, text) => {
    expectStatus(text, 200);
    return new Promise<void>((resolve) => {
      socket.once('data', () => {
        end(socket);
        resolve();
      });
      socket.once('close', () => resolve());
      socket.write('GET /1000 HTTP/1.1\r\nHost: x\r\n\r\n');
    });
  });
}

/** Sessions that stay open for a while, as those of people do. */
const kept: string[] = [];
const KEPT = 6;
let opening = 0;

async function openSession(scene: Scene): Promise<string> {
  const text = await post(scene.port, { id: 0, method: 'initialize', params: CLIENT });
  const id = /\r\nmcp-session-id: *(\S+)/i.exec(text)?.[1];
  if (id === undefined) throw new Error(`no session: ${text.slice(0, 200)}`);
  await post(scene.port, { method: 'notifications/initialized' }, `Mcp-Session-Id: ${id}\r\n`);
  return id;
}

async function endSession(scene: Scene, id: string): Promise<void> {
  const head = `DELETE /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nMcp-Session-Id: ${id}\r\n\r\n`;
  await talk(scene.port, head, hasHead, () => undefined);
}

/** Ends what is kept. */
export async function endAll(scene: Scene): Promise<void> {
  for (const id of kept.splice(0)) await endSession(scene, id).catch(() => undefined);
}

async function callInSession(scene: Scene): Promise<void> {
  if (kept.length + opening < KEPT) {
    opening++;
    kept.push(
      await openSession(scene).finally(() => {
        opening--;
      }),
    );
  }
  const place = randomInt(Math.max(1, kept.length));
  const id = kept[place];
  // The others are being opened.
  if (id === undefined) return;
  const fields = `Mcp-Session-Id: ${id}\r\n`;
  const call = { id: randomInt(2 ** 31), method: 'tools/call', params: { name: 'echo', arguments: { text: 'hi' } } };
  const text = await post(scene.port, call, fields);
  // Its child was killed, or another call has ended it: the session is gone, and says so.
  const isGone = / 404 /.test(text.slice(0, 16)) || text.includes('"error"');
  if (!isGone) expectStatus(text, 200);
  if (!isGone && randomInt(40) > 0) return;
  const at = kept.indexOf(id);
  if (at !== -1) kept.splice(at, 1);
  await endSession(scene, id);
}

async function sse(scene: Scene): Promise<void> {
  await talk(
    scene.port,
    'GET /sse HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    (text) => /data: \S+\n\n|\n\n0\r\n|\} *$/.test(text),
    async (socket, text) => {
      expectStatus(text, 200);
      const path = /data: (\S+)/.exec(text)?.[1] ?? '';
      const answered = new Promise<void>((resolve) => {
        socket.on('data', (chunk: Buffer) => chunk.includes('"id":1') && resolve());
        socket.once('close', () => resolve());
      });
      await post(scene.port, { id: 1, method: 'initialize', params: CLIENT }, '', path);
      await answered;
    },
  );
}

async function stateless(scene: Scene): Promise<void> {
  const params = { name: 'echo', arguments: { text: 'hi' }, _meta: META };
  const fields = 'MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: echo\r\n';
  expectStatus(await post(scene.port, { id: 1, method: 'tools/call', params }, fields), 200, 503);
}

function shim(scene: Scene): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, 'connect', '-p', String(scene.port), '--host', '127.0.0.1'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    endWithUs(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    let answered = false;
    child.stdout.on('data', (chunk: Buffer) => {
      answered ||= chunk.includes('"id":1');
      if (answered) child.stdin.end();
    });
    child.stdin.on('error', () => undefined);
    child.once('exit', () => {
      clearTimeout(timer);
      if (answered) resolve();
      else reject(new Error('connect: no answer'));
    });
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: CLIENT })}\n`);
  });
}

export const OPERATIONS: readonly Operation[] = [
  { name: 'CONNECT, closed', share: 16, run: (scene) => tunnel(scene, (socket) => socket.end()) },
  {
    name: 'CONNECT, reset by the client',
    share: 6,
    run: (scene) => tunnel(scene, (socket) => socket.resetAndDestroy()),
  },
  {
    name: 'CONNECT, given up at once',
    share: 2,
    run: (scene) =>
      new Promise((resolve) => {
        const socket = connect({ port: scene.port, host: '127.0.0.1' }, () => {
          socket.write(connectHead(scene));
          setTimeout(() => socket.destroy(), randomInt(10));
        });
        socket.on('error', () => undefined);
        socket.once('close', () => resolve());
      }),
  },
  {
    name: 'GET',
    share: 22,
    run: (scene) =>
      talk(scene.port, getHead(scene, '/2000'), hasWholeAnswer, (_, text) => expectStatus(text, 200, 502)),
  },
  {
    name: 'GET, cut off by the client',
    share: 4,
    run: (scene) => talk(scene.port, getHead(scene, '/5000000'), hasHead, (socket) => void socket.resetAndDestroy()),
  },
  {
    name: 'SOCKS',
    share: 14,
    run: (scene) => {
      const port = Number(scene.authority.split(':')[1]);
      const bytes = Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 255]);
      return talk(
        scene.port,
        bytes,
        (text) => text.length >= 12,
        (socket, text) => {
          if (text.charCodeAt(3) !== 0) throw new Error(`SOCKS reply ${text.charCodeAt(3)}`);
          socket.end();
        },
      );
    },
  },
  {
    name: 'a body that is never finished',
    share: 2,
    run: (scene) =>
      new Promise((resolve) => {
        const socket = connect({ port: scene.port, host: '127.0.0.1' }, () => {
          socket.write(`POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n${JSON_FIELDS}Content-Length: 2000000\r\n\r\n`);
          socket.write('x'.repeat(1_000_000));
          setTimeout(() => socket.destroy(), 500);
        });
        socket.on('error', () => undefined);
        socket.once('close', () => resolve());
      }),
  },
  { name: 'a call in a session', share: 20, run: callInSession },
  { name: 'a stateless call', share: 10, run: stateless },
  { name: 'HTTP+SSE from start to end', share: 1, run: sse },
  { name: 'connect', share: 0.2, run: shim },
  {
    name: 'a child is killed',
    share: 0.3,
    run: (scene) => {
      const pid = scene.childPid();
      try {
        if (pid !== null) process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself meanwhile.
      }
      return Promise.resolve();
    },
  },
  {
    name: 'the origin resets all connections',
    share: 0.2,
    run: (scene) => {
      scene.breakOrigin();
      return Promise.resolve();
    },
  },
];

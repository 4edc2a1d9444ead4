import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MEBIBYTE } from '../../../app/settings/settings.ts';
import { type BridgeHost, ECHO_SERVER, hostBridge, idleAfter, serverSetting } from '../../support/bridge-host.ts';
import { send } from '../../support/http-client.ts';
import { postModern } from '../../support/modern-request.ts';
import { answerIn, openSession, openSse, postTo } from '../../support/raw-mcp.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

/** Where Linux is told of interpreters for the programs of other processors; two files are there always. */
const BINFMT = '/proc/sys/fs/binfmt_misc';
const RUNS_FOREIGN = existsSync(BINFMT) && readdirSync(BINFMT).length > 2;

const BRISK = { endOfInput: 300, terminate: 300 };
const INITIALIZE = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } };
const call = (id: number | string, name: string, input: object = {}) => ({
  id,
  method: 'tools/call',
  params: { name, arguments: input },
});
const serverOf = (host: BridgeHost) => host.bridge.snapshot().servers[0];

/** A server that answers its first request, closes its output, and lives on. */
const MUTE = `
  process.stdin.once('data', (line) => {
    const { id, params } = JSON.parse(line);
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: { protocolVersion: params.protocolVersion } }) + '\\n');
    process.stdin.once('data', () => require('node:fs').closeSync(1));
  });
  setInterval(() => undefined, 60_000);
`;

/** A session that must not notice anything of what befalls another. */
async function bystander(host: BridgeHost) {
  const session = await openSession(host.url);
  const pid = await session.tool('pid');
  return {
    isUnharmed: async () => expect(await session.tool('pid')).toBe(pid),
  };
}

describe('a server that dies', () => {
  test('fails its pending calls at once with its last words, and its session is gone', async () => {
    // The answers stay plain JSON, however long the machine takes to end the server.
    await using host = await hostBridge({}, { times: { decide: 60_000 } });
    const other = await bystander(host);
    const session = await openSession(host.url);
    const watching = await session.get();
    await session.tool('complain', { lines: ['warming up', 'disk full'] });
    const pid = Number(await session.tool('pid'));
    const pending = [1, 2].map(() => session.call('tools/call', { name: 'never', arguments: {} }));
    await until('both are under way', () => serverOf(host)?.sessions.at(-1)?.calls === 2);
    const killed = performance.now();
    process.kill(pid, 'SIGKILL');
    const answers = await Promise.all(pending);
    expect(performance.now() - killed).toBeLessThan(20_000);
    for (const { error } of answers) {
      expect(error).toMatchObject({
        code: -32603,
        message: 'The MCP server echo was ended by SIGKILL. It wrote: disk full',
        data: { server: 'echo', signal: 'SIGKILL', stderr: ['warming up', 'disk full'] },
      });
    }
    await watching.rest();
    const gone = await session.post({ id: 9, method: 'ping' });
    expect(gone.status).toBe(404);
    expect(JSON.parse(gone.body).error).toEqual({
      code: -32001,
      message: 'Session not found: The MCP server echo was ended by SIGKILL. It wrote: disk full',
    });
    const stranger = { ...session.headers, 'x-principal': 'stranger' };
    const hidden = await send(`${host.url}/mcp`, {
      headers: stranger,
      body: JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'ping' }),
    });
    expect([hidden.status, JSON.parse(hidden.body).error.message]).toEqual([404, 'Session not found']);
    expect(serverOf(host)?.lastEnd).toMatchObject({ kind: 'killed', signal: 'SIGKILL', asked: false });
    expect(serverOf(host)?.exits.killed).toBe(1);
    await other.isUnharmed();
    await (await openSession(host.url)).end();
  });

  test('has everything delivered that it said before', async () => {
    await using host = await hostBridge();
    const client = await openSse(host.url);
    await client.post(call(1, 'burst', { count: 5000, bytes: 200 }));
    await client.post(call(2, 'die', { code: 0 }));
    const events = await client.reader.rest();
    const loggers = events.flatMap(({ data }) => JSON.parse(data).params?.logger ?? []);
    expect(loggers).toEqual(Array.from({ length: 5000 }, (_, index) => String(index)));
  });

  test('has its answers delivered that wait for the progress before them', async () => {
    await using host = await hostBridge();
    const client = await openSse(host.url);
    const ids = Array.from({ length: 10 }, (_, index) => `call ${index}`);
    const filling = `{"jsonrpc":"2.0","method":"notifications/message","params":"${'x'.repeat(40_000)}"}`;
    const lines = ids.flatMap((id) => [
      filling,
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"${id}","progress":1}}`,
      `{"jsonrpc":"2.0","id":"${id}","result":{}}`,
    ]);
    const calls = [...ids.map((id) => call(id, 'never')), call('x', 'raw', { lines }), call('y', 'die', { code: 0 })];
    const body = JSON.stringify(calls.map((each) => ({ jsonrpc: '2.0', ...each })));
    await send(host.url + client.endpoint, { headers: { 'content-type': 'application/json' }, body });
    const messages = (await client.reader.rest()).map(({ data }) => JSON.parse(data));
    const answered = messages.filter(({ id, result }) => ids.includes(id) && result !== undefined);
    expect(answered.map(({ id }) => id)).toEqual(ids);
  });

  test('does not wait for the pipes that its grandchildren hold, and takes them along', async () => {
    await using host = await hostBridge({}, { graces: BRISK });
    const session = await openSession(host.url);
    const grandchild = Number(await session.tool('grandchild'));
    const pending = session.post(call('a', 'never'));
    process.kill(Number(await session.tool('pid')), 'SIGKILL');
    expect((await pending).body).toContain('SIGKILL');
    await untilGone(grandchild);
  });

  test('leaves no grandchildren behind when its session is closed', async () => {
    await using host = await hostBridge({}, { graces: BRISK });
    const session = await openSession(host.url);
    const grandchild = Number(await session.tool('grandchild'));
    expect((await session.end()).status).toBe(200);
    await untilGone(grandchild);
    expect(serverOf(host)?.sessions).toEqual([]);
  });

  test('has nothing to say any more when it closes its output, and is ended', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ args: ['-e', MUTE] })] }, { graces: BRISK });
    const session = await openSession(host.url);
    const { error } = answerIn(await session.post({ id: 1, method: 'ping' }), 1);
    expect(error).toMatchObject({ code: -32603, data: { signal: 'SIGTERM' } });
    expect(serverOf(host)?.sessions).toEqual([]);
  });

  test('is ended by force when it ignores the end of its input and SIGTERM', async () => {
    await using host = await hostBridge(
      { servers: [serverSetting({ args: [ECHO_SERVER, '--deaf'] })] },
      { graces: BRISK },
    );
    const session = await openSession(host.url);
    const pid = Number(await session.tool('pid'));
    expect((await session.end()).status).toBe(200);
    await untilGone(pid);
    expect(host.log.filter(({ message }) => message.includes('SIGKILL'))).toHaveLength(1);
  });

  test('rests after several failures at its start, and says why', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ args: [ECHO_SERVER, '--instant-exit'] })] });
    const replies = [];
    for (let attempt = 0; attempt < 4; attempt++) replies.push(await postTo(`${host.url}/mcp`, INITIALIZE));
    const errors = replies.map((reply) => answerIn(reply, 0).error);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 503]);
    expect(errors[0]?.data).toEqual({ server: 'echo', exitCode: 3, stderr: ['cannot read my settings'] });
    expect(errors[3]?.message).toBe(
      'The MCP server echo keeps failing and is given a rest of 1 s. The MCP server echo ended with exit code 3. It wrote: cannot read my settings',
    );
    expect(replies[3]?.headers['retry-after']).toBe('1');
    expect(host.bridge.readiness()).toMatchObject([
      { name: 'echo', state: 'failing', lastEnd: { kind: 'exited', code: 3 } },
    ]);
    expect(serverOf(host)?.spawns).toBe(3);
  });

  test.each(['auto', 'legacy', 'modern'] as const)(
    'says why it rests in the answer to server/discover, which clients show, and to a later request with 503 (era %s)',
    async (era) => {
      const setting = serverSetting({ era, args: [ECHO_SERVER, '--instant-exit'] });
      await using host = await hostBridge({ servers: [setting] });
      for (let attempt = 0; attempt < 3; attempt++) await postTo(`${host.url}/mcp`, INITIALIZE);
      await until('it rests', () => host.bridge.readiness()[0]?.condition.kind === 'resting');
      // A request after the rest starts the server once more, whose next rest is longer.
      const whileItRests = async (method: string) => {
        for (;;) {
          const response = await postModern(`${host.url}/mcp`, { method });
          const { error } = Object(await response.json());
          if (String(error?.message).includes('given a rest of')) return { status: response.status, ...error };
        }
      };
      const message = expect.stringMatching(/given a rest of .*cannot read my settings/);
      expect(await whileItRests('server/discover')).toMatchObject({ status: 200, message });
      expect(await whileItRests('tools/list')).toMatchObject({ status: 503, message });
    },
  );

  test('backs off with its spare, too', async () => {
    const setting = serverSetting({ args: [ECHO_SERVER, '--instant-exit'], spare: true });
    await using host = await hostBridge({ servers: [setting] });
    await until('the spare has failed three times', () => serverOf(host)?.exits.exited === 3);
    const { spawns } = serverOf(host) ?? {};
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(serverOf(host)?.spawns).toBe(spawns);
  });
});

describe('a server that cannot be started', () => {
  test('says where its command was looked for', async () => {
    const setting = serverSetting({ command: 'no-such-command', env: { PATH: '/first:/second' } });
    await using host = await hostBridge({ servers: [setting] });
    const stream = await send(`${host.url}/sse`, { method: 'GET' });
    expect(stream.status).toBe(502);
    expect(JSON.parse(stream.body).error.message).toContain(
      'no-such-command was not found. Searched: /first, /second.',
    );
    const session = await postTo(`${host.url}/mcp`, INITIALIZE);
    expect(session.headers['mcp-session-id']).toBeUndefined();
    expect(answerIn(session, 0).error?.message).toContain('Searched: /first, /second.');
    expect(serverOf(host)?.lastEnd).toMatchObject({ kind: 'not-started' });
    expect(serverOf(host)?.sessions).toEqual([]);
  });

  test('names a working directory that only a shell would have expanded, and not its command', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ cwd: '~/no/such' })] });
    const { body } = await send(`${host.url}/sse`, { method: 'GET' });
    expect(JSON.parse(body).error.message).toBe(
      `The working directory ~/no/such does not exist: ~ is not expanded here, as only a shell does that. Write the whole path: ${homedir()}/no/such.`,
    );
  });

  test.runIf(process.platform === 'linux' && !RUNS_FOREIGN)(
    'is told as a program for another processor, although the C library has /bin/sh try it (Linux without binfmt_misc)',
    async () => {
      const program = join(await mkdtemp(join(tmpdir(), 'gangway-')), 'server');
      const head = Buffer.alloc(4096, 'x(');
      head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
      // e_machine of RISC-V.
      head.writeUInt16LE(243, 18);
      await writeFile(program, head, { mode: 0o755 });
      await using host = await hostBridge({ servers: [serverSetting({ command: program, args: [] })] });
      const answer = answerIn(await postTo(`${host.url}/mcp`, INITIALIZE), 0);
      expect(answer.error?.message).toBe(
        `${program} is a program for another system or processor (riscv64). Install the one for this machine.`,
      );
      await rm(dirname(program), { recursive: true });
    },
  );

  test('names a working directory that does not exist', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ cwd: '/no/such/folder' })] });
    expect((await send(`${host.url}/sse`, { method: 'GET' })).body).toContain(
      'The working directory /no/such/folder does not exist.',
    );
  });

  test('says what is wrong with its script, its variables or its arguments, and logs it as one error', async () => {
    const script = join(await mkdtemp(join(tmpdir(), 'gangway-')), 'server.sh');
    await writeFile(script, '#!/bin/sh\r\nexec cat\r\n', { mode: 0o755 });
    const cases = [
      [{ command: script, args: [] }, 'Windows line ends'],
      [{ args: ['-e', 'a\0b'] }, 'args[1] holds a NUL character'],
      [{ env: { BIG: 'x'.repeat(300_000) } }, 'The longest is env.BIG with 300003 bytes'],
    ] as const;
    for (const [fields, expected] of cases) {
      await using host = await hostBridge({ servers: [serverSetting(fields)] });
      const answer = answerIn(await postTo(`${host.url}/mcp`, INITIALIZE), 0);
      expect(answer.error?.message).toContain(expected);
      expect(host.log.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
        answer.error?.message,
      ]);
    }
    await rm(dirname(script), { recursive: true });
  });

  test('does not disturb another server', async () => {
    const servers = [serverSetting({ name: 'broken', command: '/no/such' }), serverSetting({ name: 'whole' })];
    await using host = await hostBridge({ servers });
    expect((await send(`${host.url}/servers/broken/sse`, { method: 'GET' })).status).toBe(502);
    const session = await openSession(host.url, { path: '/servers/whole/mcp' });
    expect(await session.tool('echo', { text: 'whole' })).toBe('whole');
  });
});

describe('messages over the limit', () => {
  const limits = {
    messageBytes: MEBIBYTE,
    sessions: 9,
    children: 9,
    parkedCalls: 9,
    sessionIdle: 300_000,
    replayBytes: MEBIBYTE,
  };

  test('from the server are an error for whoever asked, and the session goes on', async () => {
    await using host = await hostBridge({ limits });
    const session = await openSession(host.url);
    const { error } = await session.call('tools/call', { name: 'big', arguments: { bytes: 10 * MEBIBYTE } });
    expect(error?.code).toBe(-32603);
    expect(error?.data).toMatchObject({ limit: MEBIBYTE });
    expect(error?.message).toMatch(
      /^The answer of the MCP server has 1048\d{4} bytes, more than the limit of 1048576 bytes\.$/,
    );
    expect(await session.tool('echo', { text: 'still here' })).toBe('still here');
    const client = await openSse(host.url);
    expect((await client.call('tools/call', { name: 'big', arguments: { bytes: 2 * MEBIBYTE } })).error?.code).toBe(
      -32603,
    );
    expect(await client.tool('echo', { text: 'still here' })).toBe('still here');
    client.close();
  });

  test("that are the server's questions are an error for the server", async () => {
    await using host = await hostBridge({ limits });
    const session = await openSession(host.url);
    const refused = JSON.parse(await session.tool('ask', { padding: 2 * MEBIBYTE }));
    expect(refused).toMatchObject({ code: -32603, data: { limit: MEBIBYTE } });
  });

  test('from the client are refused with the limit in the error, and the session goes on', async () => {
    await using host = await hostBridge({ limits });
    const session = await openSession(host.url);
    const client = await openSse(host.url);
    const body = JSON.stringify({ jsonrpc: '2.0', ...call(1, 'echo', { text: 'x'.repeat(3 * MEBIBYTE) }) });
    const chunked = { ...session.headers, 'transfer-encoding': 'chunked' };
    for (const headers of [session.headers, chunked]) {
      const { status, body: text } = await send(`${host.url}/mcp`, { headers, body });
      expect([status, JSON.parse(text).error.data]).toEqual([413, { limit: MEBIBYTE }]);
    }
    expect((await client.post(call(1, 'echo', { text: 'x'.repeat(3 * MEBIBYTE) }))).status).toBe(413);
    expect(await session.tool('echo', { text: 'still here' })).toBe('still here');
    expect(await client.tool('echo', { text: 'still here' })).toBe('still here');
    client.close();
  });

  test('just below it pass in both directions', async () => {
    await using host = await hostBridge({ limits });
    const session = await openSession(host.url);
    const text = 'x'.repeat(MEBIBYTE - 300);
    expect(await session.tool('echo', { text })).toBe(text);
  });

  test('and a line that never ends stay within bounds and do not harm other sessions', async () => {
    await using host = await hostBridge({ limits }, { graces: BRISK });
    const other = await bystander(host);
    const session = await openSession(host.url);
    const pid = Number(await session.tool('pid'));
    const stream = await session.stream(call('lost', 'endless', { bytes: 10 * MEBIBYTE }));
    await until('all of it has come', () => (serverOf(host)?.traffic.fromChildren ?? 0) > 10 * MEBIBYTE);
    await other.isUnharmed();
    stream.close();
    await session.end();
    await untilGone(pid);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('a client that leaves', () => {
  test('in the middle of everything leaves no child behind and disturbs no other session', async () => {
    // Long enough for a busy machine to open the stream of a session that it has begun.
    await using host = await hostBridge(idleAfter(5000), { times: { grace: 0, tick: 20 } });
    const stays = await openSse(host.url);
    const pids = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const client = await openSse(host.url);
        const pid = Number(await client.tool('pid'));
        await client.post(call('x', 'burst', { count: 5_000, bytes: 2000 }));
        client.reader.response.socket.resetAndDestroy();
        return pid;
      }),
    );
    const session = await openSession(host.url);
    const watching = await session.get();
    const pid = Number(await session.tool('pid'));
    const stream = await session.stream(call('x', 'burst', { count: 5_000, bytes: 2000 }));
    stream.response.socket.resetAndDestroy();
    watching.response.socket.resetAndDestroy();
    for (const gone of [...pids, pid]) await untilGone(gone);
    expect(await stays.tool('echo', { text: 'here' })).toBe('here');
    stays.close();
    await until('all children are gone', () => serverOf(host)?.children.length === 0);
  });

  test('before it knows its session leaves none behind', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ args: ['-e', 'process.stdin.resume()'] })] });
    const asked = postTo(`${host.url}/mcp`, INITIALIZE).catch(() => 'broken off');
    await until('its session is there', () => serverOf(host)?.sessions.length === 1);
    host.breakConnections();
    expect(await asked).toBe('broken off');
    await until('the session has ended', () => serverOf(host)?.sessions.length === 0);
    await until('its child, too', () => serverOf(host)?.children.length === 0);
  });

  test('before its body is whole is nothing to the server', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const headers = { ...session.headers, 'content-length': '1000' };
    const half = send(`${host.url}/mcp`, { headers, body: '{"jsonrpc"' }).catch(() => 'broken off');
    await Promise.race([half, new Promise((resolve) => setTimeout(resolve, 50))]);
    expect(await session.tool('echo', { text: 'here' })).toBe('here');
  });
});

describe('stopping the bridge', () => {
  test('leaves no child, however deaf, within five seconds', async () => {
    const servers = [
      serverSetting({ spare: true }),
      serverSetting({ name: 'deaf', args: [ECHO_SERVER, '--deaf'], spare: true }),
    ];
    const host = await hostBridge({ servers }, { times: { settled: 20 } });
    const client = await openSse(host.url);
    await client.tool('grandchild');
    // Spares come once two processes of a server have lived side by side.
    for (const path of ['/mcp', '/servers/deaf/mcp']) await (await openSession(host.url, { path })).tool('pid');
    const deaf = await openSession(host.url, { path: '/servers/deaf/mcp' });
    const pending = deaf.post(call('a', 'never')).catch(() => null);
    const deafSessions = () => host.bridge.snapshot().servers.find(({ name }) => name === 'deaf')?.sessions;
    await until('the call is under way', () => deafSessions()?.some(({ calls }) => calls > 0) ?? false);
    await until('the spares are there', () =>
      host.bridge.snapshot().servers.every(({ children }) => children.some(({ use }) => use === 'spare')),
    );
    const pids = host.bridge.snapshot().servers.flatMap(({ children }) => children.map(({ pid }) => pid ?? 0));
    const begun = performance.now();
    await host.bridge.stop();
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(pids.filter(isAlive)).toEqual([]);
    expect((await pending)?.body).toContain('was closed');
    await host[Symbol.asyncDispose]();
  });
});

import { describe, expect, test } from 'vitest';
import { engineProblem } from '../../../app/desktop/problem.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { tryServer } from '../../../app/servers/index.ts';
import type { ServerSetting } from '../../../app/settings/settings.ts';
import { serverSetting } from '../../support/bridge-host.ts';
import { startCli } from '../../support/cli-process.ts';
import { startGangway } from '../../support/gangway.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { until } from '../../support/until.ts';

/** What the server knows, by its environment, its arguments and from elsewhere. */
const OF_ENV = `nas-${'9fK2mQ7x'}-value`;
const OF_ARGS = `arg-${'4tR8wZ1c'}-value`;
const OF_URL = `url-${'6yU3pL5v'}-value`;
const PLANTED = `planted-${'2bN7hJ4s'}`;
const SECRETS = [OF_ENV, OF_ARGS, OF_URL, PLANTED];

const LINES = `
const say = (line) => process.stderr.write(line + '\\n');
say('connecting to db.lan:5432 as admin');
say('the value is ' + process.env.NAS_TOKEN + ', in a form ' + encodeURIComponent(process.env.NAS_TOKEN));
say('encoded ' + Buffer.from('me:' + process.env.NAS_TOKEN).toString('base64'));
say('argv ' + JSON.stringify(process.argv.slice(1)));
say('bare ' + process.argv.at(-1));
say('db ' + process.env.DATABASE_URL);
say('password ' + ${JSON.stringify(PLANTED)} + '1');
`;

function leaking(then: string): ServerSetting {
  return serverSetting({
    name: 'nas',
    command: process.execPath,
    args: ['-e', `${LINES}\n${then}`, '--', '--token', OF_ARGS],
    env: { NAS_TOKEN: OF_ENV, DATABASE_URL: `postgres://me:${OF_URL}@db.lan/x` },
  });
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

function initialize(url: string): Promise<Response> {
  return fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(INITIALIZE),
  });
}

function expectNoSecret(where: string, text: string): void {
  const found = SECRETS.filter((secret) => text.includes(secret));
  expect([where, found]).toEqual([where, []]);
}

describe('What a server writes to stderr', () => {
  test('leaves no secret in the answer, the status, the readiness, the problem or the log', async () => {
    await using gangway = await startGangway({ servers: [leaking('process.exit(3)')], defaultServer: 'nas' });
    let answer = '';
    for (let attempt = 0; attempt < 4; attempt++) answer += await (await initialize(gangway.url)).text();
    const problem = JSON.stringify(engineProblem(gangway.engine.state(), appTextIn('en'), 'linux'));
    const status = await (await fetch(`${gangway.url}/status`)).text();
    const readiness = await (await fetch(`${gangway.url}/readyz`)).text();
    const log = JSON.stringify(gangway.lines);
    for (const [where, text] of Object.entries({ answer, problem, status, readiness, log })) {
      expectNoSecret(where, text);
      if (where !== 'problem') expect(text).toContain('connecting to db.lan:5432 as admin');
    }
  });

  test('leaves no secret in what Try shows, nor does what it answers', async () => {
    const { log, lines } = rememberingLog();
    const refuse = `process.stdin.once('data', () => console.log(JSON.stringify({ jsonrpc: '2.0', id: 1,
      error: { code: -32000, message: 'cannot log in with ' + process.env.NAS_TOKEN + ' at db.lan' } })));
      process.stdin.on('data', (data) => { for (const line of String(data).split('\\n')) if (line.includes('tools/list'))
        console.log(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(line).id, error: { code: -32601, message: 'no' } })); });`;
    const result = await tryServer(leaking(refuse), { log, text: () => textIn('en'), searchPath: () => null });
    expect(result).toMatchObject({ kind: 'fails', stage: 'initialize' });
    expectNoSecret('result', JSON.stringify(result));
    expect(JSON.stringify(result)).toContain('at db.lan');
    expectNoSecret('log', JSON.stringify(lines));
  });

  test('does not come through the reason why a command of one string was not started', async () => {
    const command = `no-such-command --token ${PLANTED} --header Authorization:Bearer${' '}${PLANTED}`;
    await using gangway = await startGangway({
      servers: [serverSetting({ name: 'nas', command, args: [] })],
      defaultServer: 'nas',
    });
    const answer = await (await initialize(gangway.url)).text();
    expect(answer).toContain('no-such-command');
    expectNoSecret('answer', answer);
    expectNoSecret('status', await (await fetch(`${gangway.url}/status`)).text());
    expectNoSecret('log', JSON.stringify(gangway.lines));
  });
});

describe('A server that floods', () => {
  const flood = (stream: string, line: string): string[] => [
    '-e',
    `const piece = ${JSON.stringify(`${line}\n`)}.repeat(5000); let left = 4;
     const more = () => { if (left-- > 0) process.${stream}.write(piece, more); else process.stderr.write('the last line of all\\n', () => process.exit(4)); };
     process.stdin.once('data', more);`,
  ];

  test.each([
    ['stderr', 'y'.repeat(99)],
    ['stdout', 'this is no JSON-RPC message'],
  ])('with its %s is neither held up nor repeated in full, and its end is told', async (stream, line) => {
    const { cli, url } = await startCli(['--log-level', 'debug', '--sse', process.execPath, ...flood(stream, line)]);
    const answer = await (await initialize(url)).text();
    expect(answer).toContain('exit code 4');
    expect(answer).toContain('the last line of all');
    await until('what was left out is told', () => /\d+ further lines of \S+ left out/.test(cli.err));
    expect(cli.err.length).toBeLessThan(5_000_000);
  });
});

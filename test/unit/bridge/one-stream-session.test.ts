import { expect, test } from 'vitest';
import { OneStreamSession } from '../../../app/bridge/one-stream-session.ts';
import { frameFrom } from '../../../app/mcp/jsonrpc/index.ts';
import { rememberingLog } from '../../support/quiet-log.ts';

/** A session of which only the back-pressure is looked at. */
function scene() {
  const congested = { server: false, client: false };
  const nothing = () => undefined;
  const call = { passedOn: nothing, answered: nothing, cut: nothing };
  const wire = { request: () => call, ended: nothing };
  const peer = {
    get congested() {
      return congested.server;
    },
    write: nothing,
    pause: nothing,
    resume: nothing,
    close: () => Promise.resolve(),
  };
  const stream = {
    get congested() {
      return congested.client;
    },
    send: nothing,
    end: nothing,
  };
  const context = { recorder: { session: () => wire }, latency: { observe: nothing } };
  const session = new OneStreamSession('stdio', Object(peer), stream, rememberingLog().log, Object(context));
  const steps: string[] = [];
  return { congested, session, steps, wait: (step: string) => session.whenReady(() => steps.push(step)) };
}

test('Nothing more is read of a client that does not read what it is told', () => {
  const { congested, session, steps, wait } = scene();
  congested.client = true;
  expect(session.isReady).toBe(false);
  wait('one');
  session.drainedToServer();
  expect(steps).toEqual([]);
  congested.client = false;
  session.drainedToClient();
  expect(steps).toEqual(['one']);
  congested.client = true;
  wait('two');
  session.release();
  expect(steps).toEqual(['one', 'two']);
});

test('Nothing more is read of a client while 4,096 of its requests wait for their answers', () => {
  const { session, steps, wait } = scene();
  for (let id = 0; id < 4096; id++) {
    expect(session.isReady).toBe(true);
    session.take({ kind: 'request', id, method: 'x' }, Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"x"}`));
  }
  expect(session.isReady).toBe(false);
  wait('one');
  const answer = frameFrom(Buffer.from('{"jsonrpc":"2.0","id":7,"result":{}}'));
  if (answer === null) throw new Error('no answer');
  session.relay([answer]);
  expect(steps).toEqual(['one']);
});

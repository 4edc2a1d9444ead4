import { expect, test } from 'vitest';
import {
  FrameReader,
  type JsonRpcId,
  PendingRequests,
  type RequestId,
  type ResponseFrame,
  writtenIdIn,
} from '../../../app/mcp/jsonrpc/index.ts';

const reader = new FrameReader({ anyVersion: false });

/** Requests that wait under these ids, JSON text each. */
function waiting(...ids: readonly string[]) {
  const pending = new PendingRequests<RequestId>(false);
  for (const text of ids) {
    const json = Buffer.from(`{"jsonrpc":"2.0","id":${text},"method":"ping"}`);
    const [request] = reader.read(json) ?? [];
    const id: JsonRpcId = request?.kind === 'request' ? request.id : null;
    pending.add({ id, writtenId: writtenIdIn(json, id) });
  }
  return pending;
}

function answer(id: string, outcome = '"result":{}'): ResponseFrame {
  const [frame] = reader.read(Buffer.from(`{"jsonrpc":"2.0","id":${id},${outcome}}`)) ?? [];
  if (frame?.kind !== 'response') throw new Error('no response');
  return frame;
}

/** The id, as written, that the client gets an answer under; null when it gets none. */
function arrives(pending: PendingRequests<RequestId>, response: ResponseFrame): string | null {
  const match = pending.match(response);
  return match.kind === 'found' ? (/"id":([^,}]+)/.exec(match.frame.bytes.toString())?.[1] ?? '') : null;
}

test('an answer whose id has the other JSON type arrives under the id the client wrote', () => {
  expect(arrives(waiting('1'), answer('"1"'))).toBe('1');
  expect(arrives(waiting('"1"'), answer('1'))).toBe('"1"');
  expect(arrives(waiting('9007199254740993'), answer('"9007199254740993"'))).toBe('9007199254740993');
  expect(arrives(waiting('"9007199254740993"'), answer('9007199254740993'))).toBe('"9007199254740993"');
  expect(arrives(waiting('-7'), answer('"-7"'))).toBe('-7');
});

test('of two ids that differ in their type alone, an answer means its own first', () => {
  const pending = waiting('1', '"1"');
  expect(arrives(pending, answer('"1"'))).toBe('"1"');
  expect(arrives(pending, answer('"1"'))).toBe('1');
  expect(arrives(pending, answer('"1"'))).toBeNull();
});

test('an id written in another notation arrives as the client wrote it', () => {
  expect(arrives(waiting('1'), answer('1.0'))).toBe('1');
  expect(arrives(waiting('1.0'), answer('1'))).toBe('1.0');
  expect(arrives(waiting('1e0'), answer('1e0'))).toBe('1e0');
  expect(arrives(waiting('1e400'), answer(`1${'0'.repeat(400)}`))).toBe('1e400');
  expect(arrives(waiting('1e400'), answer(`1${'0'.repeat(399)}`))).toBeNull();
  expect(arrives(waiting('-0'), answer('0'))).toBe('-0');
  expect(arrives(waiting('"\\ud800"'), answer('"\\ud800"'))).toBe('"\\ud800"');
});

test('ids beyond 2^53 do not meet', () => {
  const pending = waiting('9007199254740992', '9007199254740993');
  expect(arrives(pending, answer('9007199254740993'))).toBe('9007199254740993');
  expect(arrives(pending, answer('9007199254740992'))).toBe('9007199254740992');
});

test('words and empty strings are no numbers', () => {
  expect(arrives(waiting('0'), answer('""'))).toBeNull();
  expect(arrives(waiting('0'), answer('"x"'))).toBeNull();
  expect(arrives(waiting('16'), answer('"0x10"'))).toBeNull();
});

test('an error without an id ends the only open request, and none of several', () => {
  expect(arrives(waiting('4'), answer('null', '"error":{"code":-32700,"message":"?"}'))).toBe('4');
  expect(arrives(waiting('4', '5'), answer('null', '"error":{"code":-32700,"message":"?"}'))).toBeNull();
  expect(arrives(waiting('4'), answer('null'))).toBeNull();
});

test('an error without an id may be the answer to a notification, until a request behind it is answered', () => {
  const refusal = answer('null', '"error":{"code":-32601,"message":"?"}');
  const pending = waiting();
  pending.notified();
  pending.add({ id: 1, writtenId: null });
  expect(pending.idOf(refusal)).toBeUndefined();
  expect(arrives(pending, refusal)).toBeNull();
  expect(arrives(pending, refusal)).toBe('1');
  pending.notified();
  pending.add({ id: 2, writtenId: null });
  expect(arrives(pending, answer('2'))).toBe('2');
  pending.add({ id: 3, writtenId: null });
  expect(arrives(pending, refusal)).toBe('3');
});

test('the answer to a cancelled request is known as such once, in either type', () => {
  const pending = waiting('1', '2');
  expect(pending.cancel(1)).toMatchObject({ id: 1 });
  expect(pending.match(answer('"1"')).kind).toBe('cancelled');
  expect(pending.match(answer('1')).kind).toBe('unexpected');
  expect(pending.match(answer('3')).kind).toBe('unexpected');
});

test('a text of more than 4 KB is no id: what is remembered by it could be of any length', () => {
  const [short, long] = [4094, 4095].map((length) => `"${'x'.repeat(length)}"`);
  expect(arrives(waiting(`${short}`), answer(`${short}`))).toBe(short);
  const pending = waiting('1', '2');
  expect(answer(`${long}`).id).toBeNull();
  expect(arrives(pending, answer(`${long}`))).toBeNull();
});

import { describe, expect, test } from 'vitest';
import { answeredBy, clientNameIn, isTimeout, targetOf } from '../../../app/inspect/read.ts';
import { shownPath, shownUri } from '../../../app/inspect/shown.ts';

const json = (value: object) => Buffer.from(JSON.stringify(value));
const filler = 'x'.repeat(20_000);

describe('the target of a request', () => {
  test.each([
    ['tools/call', { params: { name: 'search', arguments: {} } }, 'search'],
    ['tools/call', { params: { name: 'search', arguments: { filler } } }, 'search'],
    ['tools/call', { params: { arguments: { filler }, name: 'search' } }, 'search'],
    ['tools/call', { params: { name: 'say "it"' } }, 'say "it"'],
    ['prompts/get', { params: { name: 'greet' } }, 'greet'],
    ['resources/read', { params: { uri: 'file:///notes.txt' } }, 'file:///notes.txt'],
    ['tools/list', { params: { name: 'none' } }, ''],
    ['tools/call', { params: {} }, ''],
    ['tools/call', { params: { name: 7 } }, ''],
  ])('of %s is found wherever it stands', (method, message, target) => {
    expect(targetOf(method, json({ method, ...message }))).toBe(target);
  });

  test('is cut where a client sends one without end', () => {
    const target = targetOf('tools/call', json({ params: { name: 'n'.repeat(3000) } }));
    expect(target).toHaveLength(201);
  });
});

describe('what an answer says', () => {
  test.each([
    [{ jsonrpc: '2.0', id: 1, result: { content: [] } }, { kind: 'ok' }],
    [{ result: { isError: false }, id: 1 }, { kind: 'ok' }],
    [{ result: { isError: true }, id: 1 }, { kind: 'tool-error' }],
    [{ result: { content: [{ text: '"isError":true' }] } }, { kind: 'ok' }],
    [{ result: { structuredContent: { isError: true } } }, { kind: 'ok' }],
    [
      { id: 1, error: { code: -32602, message: 'no' } },
      { kind: 'error', code: -32602 },
    ],
    [
      { id: 1, error: {} },
      { kind: 'error', code: null },
    ],
    [{ result: { content: [filler], isError: true }, jsonrpc: '2.0', id: 7 }, { kind: 'tool-error' }],
    [{ jsonrpc: '2.0', id: 'a', result: { isError: true, content: [filler] } }, { kind: 'tool-error' }],
    [{ result: { content: [filler], isError: false }, jsonrpc: '2.0', id: 7 }, { kind: 'ok' }],
    [{ result: { content: [filler], structuredContent: { isError: true } }, id: 7 }, { kind: 'ok' }],
    [{ result: { content: [`${filler}"isError":true}}`] }, id: 7 }, { kind: 'ok' }],
  ])('is told of %#, long or short', (message, said) => {
    expect(answeredBy('tools/call', json(message))).toEqual(said);
  });

  test('is a failed tool for calls of tools only', () => {
    expect(answeredBy('resources/read', json({ result: { isError: true } }))).toEqual({ kind: 'ok' });
  });
});

test('a client is known by the title that it gives itself, else by its name', () => {
  const named = (clientInfo: object) => clientNameIn(json({ params: { clientInfo } }));
  expect(named({ name: 'claude-ai', version: '1' })).toBe('claude-ai');
  expect(named({ name: 'claude-ai', title: 'Claude' })).toBe('Claude');
  expect(named({ name: 7 })).toBe('');
  expect(clientNameIn(json({}))).toBe('');
});

test('a cancelled request has timed out where its sender says so', () => {
  const because = (reason: string) => isTimeout(json({ params: { requestId: 1, reason } }));
  expect(because('McpError: MCP error -32001: Request timed out')).toBe(true);
  expect(because('AbortError: This operation was aborted')).toBe(false);
  expect(isTimeout(json({ params: { requestId: 1 } }))).toBe(false);
});

describe('an address is shown without what may be a secret in it', () => {
  test.each([
    ['/lists/today', '/lists/today'],
    ['/search?q=hunter2&key=abc', '/search?…'],
    ['/a#token=abc', '/a#…'],
    ['/api/webhook/8f3kd93jfh38fhslq93jd', '/api/webhook/…'],
    ['/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaww/sendMessage', '/…/sendMessage'],
    ['/v1/devices/ghp_abcdefghijklmnopqrstuvwxyz0123456789', '/v1/devices/…'],
    ['/devices/550e8400-e29b-41d4-a716-446655440000/state', '/devices/550e8400-e29b-41d4-a716-446655440000/state'],
    ['*', '*'],
    ['', ''],
  ])('%s as %s', (path, shown) => {
    expect(shownPath(path)).toBe(shown);
  });

  test.each([
    ['https://me:secret-pw@nas.lan/notes?key=1', 'https://nas.lan/notes?…'],
    ['file:///home/me/notes.txt', 'file:///home/me/notes.txt'],
    ['note:today', 'note:today'],
    ['plain', 'plain'],
  ])('%s as %s', (uri, shown) => {
    expect(shownUri(uri)).toBe(shown);
  });
});

import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KnownLists } from '../../../app/servers/index.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function scene(file = join(temporaryDirectory(), 'lists.json')) {
  const { log, lines } = rememberingLog();
  const lists = new KnownLists(file, log);
  const saw = (result: string, params?: string, method = 'tools/list', secrets: readonly string[] = []) =>
    lists.saw('notes', method, params === undefined ? undefined : Buffer.from(params), Buffer.from(result), secrets);
  return { file, lines, lists, saw };
}

describe('The lists of a server', () => {
  test('are there again after a restart, each item as its server wrote it', () => {
    const { file, lists, saw } = scene();
    saw('{"tools":[{"name":"big","limit":12345678901234567890,"unknown":{}}, {"name":"b"}]}');
    lists.flush();
    const again = scene(file);
    expect(again.lists.of('notes').tools?.items).toEqual([
      '{"name":"big","limit":12345678901234567890,"unknown":{}}',
      '{"name":"b"}',
    ]);
    expect(again.lines).toEqual([]);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('are put together from their pages, also after a cursor that is an empty string', () => {
    const { lists, saw } = scene();
    saw('{"tools":[{"name":"a"}],"nextCursor":""}');
    expect(lists.of('notes').tools).toBeUndefined();
    saw('{"tools":[{"name":"b"}],"nextCursor":"2"}', '{"cursor":""}');
    saw('{"tools":[{"name":"c"}]}', '{"cursor":"2"}');
    expect(lists.of('notes').tools?.items).toEqual(['{"name":"a"}', '{"name":"b"}', '{"name":"c"}']);
  });

  test('are not put together by a cursor of more than 64 KB, which would have to be remembered', () => {
    const { lists, saw } = scene();
    const cursor = 'x'.repeat(65_537);
    saw(`{"tools":[{"name":"a"}],"nextCursor":"${cursor}"}`);
    saw('{"tools":[{"name":"b"}]}', `{"cursor":"${cursor}"}`);
    expect(lists.of('notes').tools).toBeUndefined();
  });

  test('do not begin in the middle: a page whose beginning was not seen changes nothing', () => {
    const { lists, saw } = scene();
    saw('{"tools":[{"name":"a"}]}');
    saw('{"tools":[{"name":"z"}]}', '{"cursor":"unseen"}');
    expect(lists.of('notes').tools?.items).toEqual(['{"name":"a"}']);
  });

  test('tell a listener of each page, and of what has changed only where something has', () => {
    const { lists, saw } = scene();
    const pages: string[] = [];
    const changes: string[] = [];
    lists.subscribe({
      page: ({ member, items }) => pages.push(`${member}: ${items.join()}`),
      changed: (server) => changes.push(server),
    });
    saw('{"prompts":[{"name":"p"}]}', undefined, 'prompts/list');
    saw('{"prompts":[{"name":"p"}]}', undefined, 'prompts/list');
    expect(pages).toEqual(['prompts: {"name":"p"}', 'prompts: {"name":"p"}']);
    expect(changes).toEqual(['notes']);
  });

  test('keep what the server says of itself, in whichever revision', () => {
    const { lists, saw } = scene();
    const face = { capabilities: { tools: {} }, serverInfo: { name: 'n', version: '1' } };
    saw(JSON.stringify({ protocolVersion: '2025-11-25', ...face, instructions: 'Be brief.' }), undefined, 'initialize');
    expect(lists.of('notes').face).toEqual({ ...face, instructions: 'Be brief.' });
  });

  test('do not outlive the process where a secret stands in them', () => {
    const { file, lists, saw } = scene();
    saw('{"tools":[{"name":"a","description":"uses the-secret-token"}]}', undefined, 'tools/list', [
      'the-secret-token',
    ]);
    saw('{"prompts":[{"name":"p"}]}', undefined, 'prompts/list', ['the-secret-token']);
    lists.flush();
    expect(lists.of('notes').tools?.items).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).not.toContain('the-secret-token');
    expect(scene(file).lists.of('notes').prompts?.items).toEqual(['{"name":"p"}']);
  });

  test.each([
    ['cut in the middle', (file: string) => writeFileSync(file, '{"servers":{"no', { mode: 0o600 }), 'damaged'],
    ['open to others', (file: string) => chmodSync(file, 0o666), 'too-wide'],
  ] as const)('count as unknown, and the log says so, where the file is %s', (_how, spoil, code) => {
    if (code === 'too-wide' && process.platform === 'win32') return expect(code).toBe('too-wide');
    const { file, lists, saw } = scene();
    saw('{"tools":[{"name":"a"}]}');
    lists.flush();
    spoil(file);
    const again = scene(file);
    expect(again.lists.of('notes').tools).toBeUndefined();
    expect(again.lines).toMatchObject([{ level: 'warn', fields: { file, code } }]);
  });
});

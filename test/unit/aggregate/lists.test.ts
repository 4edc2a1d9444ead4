import { describe, expect, test } from 'vitest';
import { type AskList, elementsIn, readList } from '../../../app/aggregate/member-lists.ts';
import { mergedList, pageOf } from '../../../app/aggregate/view.ts';

const elements = (count: number, text = 'tool') =>
  Array.from({ length: count }, (_, index) => Buffer.from(`{"name":"${text}_${index}"}`));

describe('the pages of a merged list', () => {
  test('give every element once, in order, and end without a cursor', () => {
    const list = mergedList(elements(2600));
    const names: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = pageOf(list, cursor);
      expect(page).not.toBeNull();
      names.push(...(page?.elements ?? []).map((json) => JSON.parse(json.toString()).name));
      cursor = page?.next ?? undefined;
      pages++;
    } while (cursor !== undefined);
    expect(pages).toBe(3);
    expect(names).toEqual(Array.from({ length: 2600 }, (_, index) => `tool_${index}`));
  });

  test('are cut by bytes as well, and hold one element at least', () => {
    const big = Buffer.from(JSON.stringify({ name: 'x'.repeat(2 * 1024 * 1024) }));
    const page = pageOf(mergedList([big, big]), undefined);
    expect(page?.elements.length).toBe(1);
    expect(page?.next).not.toBeNull();
  });

  test('are refused under the cursor of another list, of an older one, and of none', () => {
    const cursor = pageOf(mergedList(elements(1300)), undefined)?.next ?? '';
    const list = mergedList(elements(1300, 'other'));
    expect(pageOf(mergedList(elements(1300)), cursor)?.elements.length).toBe(300);
    const [hash = ''] = cursor.split('.');
    for (const wrong of [
      cursor,
      '',
      '250',
      `${hash}.0`,
      `${hash}.-1`,
      `${hash}.9999`,
      `${hash}.1e3`,
      'x'.repeat(10_000),
    ]) {
      expect(pageOf(list, wrong), wrong.slice(0, 30)).toBeNull();
    }
    expect(pageOf(mergedList(elements(1300)), `${hash}.1300`)).toBeNull();
  });

  test('of an empty list are one empty page', () => {
    expect(pageOf(mergedList([]), undefined)).toEqual({ elements: [], next: null });
  });
});

describe('the list of one server', () => {
  const page = (names: readonly string[], nextCursor?: string) =>
    Buffer.from(
      JSON.stringify({ tools: names.map((name) => ({ name })), ...(nextCursor === undefined ? {} : { nextCursor }) }),
    );
  const read = async (ask: AskList) => (await readList('tools/list', ask))?.map(({ key }) => key) ?? null;

  test('goes on at an empty cursor, which is a cursor', async () => {
    const asked: object[] = [];
    const names = await read(async (_method, params) => {
      asked.push(params);
      return asked.length === 1 ? page(['a'], '') : page(['b']);
    });
    expect(asked).toEqual([{}, { cursor: '' }]);
    expect(names).toEqual(['a', 'b']);
  });

  test('ends at a cursor that was there before', async () => {
    let count = 0;
    expect(await read(async () => page([`tool_${++count}`], 'again'))).toEqual(['tool_1', 'tool_2']);
  });

  test('ends after a thousand pages', async () => {
    let count = 0;
    expect((await read(async () => page([`t${++count}`], String(count))))?.length).toBe(1000);
  });

  test('is not known when its first page fails, and as long as it came when a later one does', async () => {
    expect(await read(async () => null)).toBeNull();
    let count = 0;
    expect(await read(async () => (++count === 1 ? page(['a'], 'more') : null))).toEqual(['a']);
  });

  test('keeps every element as its server wrote it', () => {
    const json = '{"name":"a","big":12345678901234567890123,"x-unknown":{"\\u0061":1.0},"title":"T"}';
    const [only] = elementsIn('tools/list', Buffer.from(`[ ${json} , {"title":"without a name"}]`));
    expect(only?.json.toString()).toBe(json);
  });
});

import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../app/log/index.ts';
import { introduce, type Wire } from '../../../app/mcp/index.ts';

/** A server whose tools come in pages; `pages` beyond the last have a cursor for ever. */
function paged(pages: readonly object[]): { readonly wire: Wire; readonly asked: unknown[] } {
  const asked: unknown[] = [];
  const ask: Wire['ask'] = async (method, params) => {
    if (method === 'initialize') {
      return {
        result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'p' } },
        error: undefined,
      };
    }
    asked.push(params);
    return { result: pages[Math.min(asked.length, pages.length) - 1], error: undefined };
  };
  return { wire: { greets: true, ask, notify: () => undefined }, asked };
}

describe('The tools of a server', () => {
  test('are those of all its pages, each with what it says of itself', async () => {
    const { wire, asked } = paged([
      { tools: [{ name: 'write', annotations: { readOnlyHint: false } }, { name: 'plain' }], nextCursor: 'two' },
      { tools: [{ name: 'look', annotations: { readOnlyHint: true } }] },
    ]);
    const introduced = await introduce(wire, new Redactor([]), () => undefined);
    const tools = introduced.kind === 'works' ? introduced.tools : [];
    expect(tools.map(({ name, isReadOnly }) => [name, isReadOnly])).toEqual([
      ['write', false],
      ['plain', false],
      ['look', true],
    ]);
    expect(asked).toEqual([{}, { cursor: 'two' }]);
  });

  test('are asked for no longer where the cursors have no end', async () => {
    const { wire, asked } = paged([{ tools: [{ name: 'same' }], nextCursor: 'again' }]);
    const introduced = await introduce(wire, new Redactor([]), () => undefined);
    expect(introduced).toMatchObject({ kind: 'works' });
    expect(asked.length).toBeLessThanOrEqual(20);
  });
});

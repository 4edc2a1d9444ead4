import { describe, expect, it } from 'vitest';
import { differences, oracleOf } from '../../compat/compare.ts';
import type { Asked, Findings } from '../../compat/exam.ts';
import { CLOSED } from '../../compat/routes.ts';

const LIST = { tools: [{ name: 'one', inputSchema: { type: 'object' } }] };
const ASKED: Asked = {
  hello: {
    result: {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'server', version: '1' },
      instructions: 'Ask.',
    },
  },
  tools: { result: LIST },
  prompts: { error: { code: -32601, message: 'Method not found' } },
  resources: { result: { resources: [] } },
  templates: { result: { resourceTemplates: [] } },
  call: { result: { content: [{ type: 'text', text: '5' }] } },
};
const DIRECT: Findings = {
  ...ASKED,
  cancel: { answered: false, next: ASKED.tools },
  close: { how: 'leaves by itself', gone: true },
  two: [ASKED.call, ASKED.call],
  kill: { told: 'ended with SIGKILL', other: ASKED.tools, next: ASKED.tools },
};
const SAME: Findings = { ...DIRECT, close: { how: CLOSED['/mcp'], gone: true } };
const oracle = oracleOf(DIRECT, ASKED, null);

describe('The comparison with a server itself', () => {
  it('finds nothing where every answer is the same', () => {
    expect(differences(oracle, SAME, '/mcp')).toEqual([]);
  });

  it('names the place where a list differs, and both values', () => {
    const found = { ...SAME, tools: { result: { tools: [{ name: 'One', inputSchema: { type: 'object' } }] } } };
    expect(differences(oracle, found, '/mcp')).toEqual([
      { aspect: 'tools', where: 'result.tools[0].name', direct: '"one"', here: '"One"' },
    ]);
  });

  it.each([
    ['an answer to a withdrawn call', 'cancel', { cancel: { ...SAME.cancel, answered: true } }],
    ['a list that changed after a withdrawn call', 'cancel', { cancel: { answered: false, next: { result: {} } } }],
    ['a process that is left after the close', 'close', { close: { how: CLOSED['/mcp'], gone: false } }],
    ['a session that goes on after DELETE', 'close', { close: { how: 'DELETE 200, then 200', gone: true } }],
    ['an answer of one of two clients that differs', 'two', { two: [ASKED.call, { result: {} }] as const }],
    ['a client that is not told of a killed process', 'kill', { kill: { ...SAME.kill, told: 'nothing' } }],
    ['a client beside a killed process that notices it', 'kill', { kill: { ...SAME.kill, other: { error: 'gone' } } }],
    ['a next client that is not served', 'kill', { kill: { ...SAME.kill, next: { error: 'HTTP 503' } } }],
  ] as const)('finds %s', (_, aspect, change) => {
    expect(differences(oracle, { ...SAME, ...change }, '/mcp').map((each) => each.aspect)).toEqual([aspect]);
  });

  it('compares only the form of an answer that differs between two processes of the server', () => {
    const timed = (text: string) => ({ result: { content: [{ type: 'text', text }] } });
    const volatile = oracleOf({ ...DIRECT, call: timed('12:00') }, { ...ASKED, call: timed('12:01') }, null);
    const two = [timed('12:02'), timed('12:03')] as const;
    expect(differences(volatile, { ...SAME, call: timed('12:04'), two }, '/mcp')).toEqual([]);
    const other = { result: { content: [{ type: 'text', data: '12:04' }] } };
    expect(differences(volatile, { ...SAME, call: other, two }, '/mcp').map(({ aspect }) => aspect)).toEqual(['call']);
  });

  it('leaves out of translated answers what each result has in 2026-07-28 only', () => {
    const modern = (result: object) => ({
      result: { ...result, resultType: 'complete', ttlMs: 0, cacheScope: 'private' },
    });
    const found: Findings = {
      ...SAME,
      hello: {
        result: {
          resultType: 'complete',
          supportedVersions: ['2026-07-28'],
          capabilities: { tools: {} },
          instructions: 'Ask.',
          _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'server', version: '1' } },
        },
      },
      tools: modern(LIST),
      cancel: { answered: false, next: modern(LIST) },
      close: { how: CLOSED.stateless, gone: true },
      kill: { told: 'an answer', other: modern(LIST), next: modern(LIST) },
    };
    expect(differences(oracle, found, 'stateless')).toEqual([]);
    const without = { ...found, tools: modern({ tools: [] }) };
    expect(differences(oracle, without, 'stateless').map(({ aspect }) => aspect)).toEqual(['tools']);
  });

  it('holds stateless answers against those of the server in 2026-07-28, to the last member, where it knows that', () => {
    const complete = { result: { ...LIST, resultType: 'complete' } };
    const dual = oracleOf(DIRECT, ASKED, { ...ASKED, tools: complete });
    const kill = { told: 'an answer', other: complete, next: complete };
    const found = { ...SAME, tools: complete, cancel: { answered: false, next: complete }, kill };
    const closed = { ...found, close: { how: CLOSED.stateless, gone: true } };
    expect(differences(dual, closed, 'stateless')).toEqual([]);
    expect(differences(dual, { ...closed, tools: ASKED.tools }, 'stateless').map(({ aspect }) => aspect)).toEqual([
      'tools',
    ]);
  });
});

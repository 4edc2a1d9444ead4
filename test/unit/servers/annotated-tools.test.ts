import { describe, expect, test } from 'vitest';
import { frameFrom, type RequestFrame, type ResponseFrame } from '../../../app/mcp/jsonrpc/index.ts';
import { AnnotatedTools, headerValue, standardFields } from '../../../app/servers/remote/mirrored-headers.ts';
import { rememberingLog } from '../../support/quiet-log.ts';

function answer(result: object): ResponseFrame {
  const frame = frameFrom(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
  if (frame?.kind !== 'response') throw new Error('no response');
  return frame;
}

function call(name: string, args: string): RequestFrame {
  const meta = '{"io.modelcontextprotocol/protocolVersion":"2026-07-28","progressToken":7}';
  const text = `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":${JSON.stringify(name)},"arguments":${args},"_meta":${meta}}}`;
  const frame = frameFrom(Buffer.from(text));
  if (frame?.kind !== 'request') throw new Error('no request');
  return frame;
}

const tool = (name: string, properties: object) => ({ name, inputSchema: { type: 'object', properties } });
const region = { type: 'string', 'x-mcp-header': 'Region' };

function learned(...tools: readonly object[]) {
  const { log, lines } = rememberingLog();
  const annotated = new AnnotatedTools(log);
  const admitted = JSON.parse(annotated.admit(answer({ tools, ttlMs: 0 })).bytes.toString());
  return { annotated, lines, names: admitted.result.tools.map((one: { name: string }) => one.name), admitted };
}

describe('the value of a mirrored header', () => {
  test.each([
    ['us west-1', 'us west-1'],
    ['', ''],
    [' edge', '=?base64?IGVkZ2U=?='],
    ['Malmö', '=?base64?TWFsbcO2?='],
    ['a\r\nX: 1', '=?base64?YQ0KWDogMQ==?='],
    ['=?base64?x?=', '=?base64?PT9iYXNlNjQ/eD89?='],
  ])('for %j is %j', (text, header) => {
    expect(headerValue(text)).toBe(header);
  });
});

describe('the tools of a remote', () => {
  test('have their annotated arguments repeated by their exact path, each in its notation, and nothing for what is not there', () => {
    const { annotated } = learned(
      tool('go', {
        region,
        size: { type: 'integer', 'x-mcp-header': 'Size' },
        dry: { type: 'boolean', 'x-mcp-header': 'Dry' },
        gone: { type: 'string', 'x-mcp-header': 'Gone' },
        place: { type: 'object', properties: { zone: { type: 'string', 'x-mcp-header': 'Zone' } } },
        zone: { type: 'string' },
      }),
    );
    const args = '{"region":"eu","size":9007199254740993,"dry":false,"gone":null,"zone":"no","place":{"zone":"a"}}';
    expect(annotated.fieldsOf(call('go', args))).toEqual([
      ...['mcp-param-region', 'eu', 'mcp-param-size', '9007199254740993', 'mcp-param-dry', 'false'],
      ...['mcp-param-zone', 'a'],
    ]);
    expect(annotated.fieldsOf(call('other', args))).toEqual([]);
  });

  test.each([
    ['an empty name', { a: { type: 'string', 'x-mcp-header': '' } }],
    ['a name that is no token', { a: { type: 'string', 'x-mcp-header': 'My Region' } }],
    ['a name that is no text', { a: { type: 'string', 'x-mcp-header': 7 } }],
    ['an object', { a: { type: 'object', 'x-mcp-header': 'A' } }],
    ['a number', { a: { type: 'number', 'x-mcp-header': 'A' } }],
    ['two arguments that differ in case only', { a: region, b: { type: 'string', 'x-mcp-header': 'REGION' } }],
    ['an item of a list', { a: { type: 'array', items: region } }],
    ['a branch of a choice', { a: { anyOf: [region] } }],
  ])('are left out for an annotation on %s, once with a line in the log', (_, properties) => {
    const { names, lines, annotated } = learned(tool('bad', properties), tool('good', { region }));
    expect(names).toEqual(['good']);
    annotated.admit(answer({ tools: [tool('bad', properties)] }));
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('pass as they are, byte by byte, where no schema has an annotation, or only data has its name', () => {
    const { log } = rememberingLog();
    const frame = answer({ tools: [tool('plain', { a: { type: 'string', default: { 'x-mcp-header': 'A' } } })] });
    expect(new AnnotatedTools(log).admit(frame)).toBe(frame);
  });

  test('are read again page by page, in the name of the client and without what belongs to its call', async () => {
    const { annotated } = learned(tool('go', { region }));
    const asked: unknown[] = [];
    await annotated.read(call('go', '{}'), async ({ bytes }) => {
      asked.push(JSON.parse(bytes.toString()).params);
      return asked.length === 1
        ? answer({ tools: [tool('first', { region })], nextCursor: 'p2' })
        : answer({ tools: [tool('go', { area: { type: 'string', 'x-mcp-header': 'Area' } })] });
    });
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    expect(asked).toEqual([{ _meta }, { cursor: 'p2', _meta }]);
    expect(annotated.fieldsOf(call('go', '{"area":"north","region":"x"}'))).toEqual(['mcp-param-area', 'north']);
  });
});

test('the name of a tool, and the id of a task, are repeated in a header', () => {
  const asked = (method: string, params: object) => {
    const frame = frameFrom(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
    if (frame === null) throw new Error('no frame');
    const fields = standardFields(frame);
    return fields.includes('Mcp-Name') ? fields[fields.indexOf('Mcp-Name') + 1] : null;
  };
  expect(asked('tools/call', { name: 'go' })).toBe('go');
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
    expect(asked(method, { taskId: 't 1' })).toBe('t 1');
  expect(asked('tools/list', { name: 'go' })).toBeNull();
});

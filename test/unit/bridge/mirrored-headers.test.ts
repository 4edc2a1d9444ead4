import { describe, expect, test } from 'vitest';
import {
  decodeMirrored,
  paramHeaderFault,
  standardHeaderFault,
  ToolHeaders,
} from '../../../app/bridge/streamable/stateless/validation.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { mirroredArguments } from '../../../app/mcp/index.ts';
import { processorTime } from '../../support/processor-time.ts';
import { TestClock } from '../../support/translation-doubles.ts';

const WORDS = textIn('en').bridge.headers;

describe('a mirrored value', () => {
  test.each([
    ['us-west1', 'us-west1'],
    ['  us-west1\t', 'us-west1'],
    ['=?base64?SGVsbG8sIOS4lueVjA==?=', 'Hello, 世界'],
    ['=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=', '=?base64?literal?='],
    ['=?base64??=', ''],
    ['=?BASE64?SGVsbG8=?=', '=?BASE64?SGVsbG8=?='],
    ['=?base64?SGVsbG8=', '=?base64?SGVsbG8='],
  ])('%s means %s', (header, meant) => {
    expect(decodeMirrored(header)).toBe(meant);
  });

  test.each(['=?base64?SGVsbG8?=', '=?base64?SGVs!!!bG8=?=', '=?base64?/w==?=', 'caf\u00e9'])(
    '%s is refused',
    (header) => {
      expect(decodeMirrored(header)).toBeUndefined();
    },
  );

  test('is read in no more time than it is long, whatever blanks are in it', () => {
    const value = `a${' '.repeat(60_000)}b${' \t'.repeat(3)}`;
    expect(decodeMirrored(`\t${value}`)).toHaveLength(60_002);
    expect(processorTime(() => decodeMirrored(value))).toBeLessThan(500);
  });
});

describe('the standard headers', () => {
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' };
  const mirrored = { method: 'tools/call', params: { name: 'echo' }, revision: '2026-07-28' };

  test('pass when they say what the body says', () => {
    expect(standardHeaderFault(headers, mirrored, WORDS)).toBeNull();
    expect(standardHeaderFault({ ...headers, 'mcp-name': '=?base64?ZWNobw==?=' }, mirrored, WORDS)).toBeNull();
  });

  test.each([
    ['a missing version', { 'mcp-protocol-version': undefined }],
    ['another version', { 'mcp-protocol-version': '2025-11-25' }],
    ['a missing method', { 'mcp-method': undefined }],
    ['the method in capitals', { 'mcp-method': 'TOOLS/CALL' }],
    ['a missing name', { 'mcp-name': undefined }],
    ['another name', { 'mcp-name': 'Echo' }],
    ['two names', { 'mcp-name': 'echo, echo' }],
  ])('do not pass with %s', (_what, change) => {
    expect(standardHeaderFault({ ...headers, ...change }, mirrored, WORDS)).not.toBeNull();
  });

  test('need no name for a method without one', () => {
    const list = { method: 'tools/list', params: {}, revision: '2026-07-28' };
    expect(
      standardHeaderFault({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' }, list, WORDS),
    ).toBeNull();
  });
});

describe('the headers of mirrored arguments', () => {
  const schema = {
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      size: { type: 'integer', 'x-mcp-header': 'Size' },
      place: { properties: { zone: { type: 'boolean', 'x-mcp-header': 'Zone' } } },
      ratio: { type: 'number', 'x-mcp-header': 'Ratio' },
      list: { items: { type: 'string', 'x-mcp-header': 'Item' } },
    },
  };
  const mirrored = mirroredArguments(schema);

  test('are found along properties only, for strings, integers and booleans', () => {
    expect(mirrored.map(({ header, path }) => [header, path.join('.')])).toEqual([
      ['mcp-param-region', 'region'],
      ['mcp-param-size', 'size'],
      ['mcp-param-zone', 'place.zone'],
    ]);
  });

  test.each([
    [{ 'mcp-param-region': 'eu' }, { region: 'eu' }],
    [{}, { region: null }],
    [{}, {}],
    [{ 'mcp-param-size': '42.0' }, { size: 42 }],
    [{ 'mcp-param-zone': 'true' }, { place: { zone: true } }],
  ])('%j goes with %j', (headers, args) => {
    expect(paramHeaderFault(headers, args, mirrored, WORDS)).toBeNull();
  });

  test.each([
    [{}, { region: 'eu' }],
    [{ 'mcp-param-region': 'us' }, { region: 'eu' }],
    [{ 'mcp-param-region': 'eu' }, {}],
    [{ 'mcp-param-size': '0x2a' }, { size: 42 }],
    [{ 'mcp-param-zone': 'TRUE' }, { place: { zone: true } }],
  ])('%j does not go with %j', (headers, args) => {
    expect(paramHeaderFault(headers, args, mirrored, WORDS)).not.toBeNull();
  });
});

describe('the listing of tools', () => {
  const tools = {
    tools: [{ name: 'mirrored', inputSchema: { properties: { a: { type: 'string', 'x-mcp-header': 'A' } } } }],
  };
  const call = { name: 'mirrored', arguments: { a: 'x' } };

  test('is waited for for a while, and no further call waits for one that is overdue', async () => {
    const clock = new TestClock();
    const answers: ((result: typeof tools) => void)[] = [];
    const headers = new ToolHeaders(
      () => new Promise((resolve) => answers.push(resolve)),
      () => WORDS,
      clock,
    );
    const first = headers.fault({}, call);
    clock.pass(2000);
    expect(await first).toBeNull();
    expect(await headers.fault({}, call)).toBeNull();
    expect(answers).toHaveLength(1);
    answers[0]?.(tools);
    await expect.poll(() => headers.knownFault({}, call)).toContain('mcp-param-a');
    expect(await headers.fault({ 'mcp-param-a': 'x' }, call)).toBeNull();
  });
});

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { frameFrom, type ResponseFrame } from '../../../app/mcp/jsonrpc/index.ts';
import { AnswersFile } from '../../../app/servers/index.ts';
import { KeptAnswers } from '../../../app/servers/remote/kept-answers.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const URL_OF = 'https://nas.lan/mcp?key=hidden-in-the-url';
const HELLO = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'nas', version: '1' } };

function answer(result: object): ResponseFrame {
  const frame = frameFrom(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
  if (frame?.kind !== 'response') throw new Error('no response');
  return frame;
}

function scene(file = join(temporaryDirectory(), 'answers.json')) {
  const { log, lines } = rememberingLog();
  const memory = new AnswersFile(file, log);
  const kept = (name = 'nas', secrets: readonly string[] = []) =>
    new KeptAnswers({
      answers: memory.of(name, URL_OF),
      keep: (now) => memory.keep(name, URL_OF, now),
      secrets: () => secrets,
    });
  return { file, lines, memory, kept };
}

describe('What a remote server said of itself', () => {
  test('is there again after a restart, and only for that server at that URL', () => {
    const { file, memory, kept } = scene();
    kept().keep('initialize', answer(HELLO));
    memory.flush();
    const again = scene(file);
    expect(JSON.parse(String(again.kept().initialize))).toEqual(HELLO);
    expect(again.kept('other').initialize).toBeNull();
    expect(again.memory.of('nas', 'https://nas.lan/other')).toBeNull();
    expect(again.lines).toEqual([]);
  });

  test('stands in a file that only its owner can read, without the URL and what the protocol does not have', () => {
    const { file, memory, kept } = scene();
    kept().keep('initialize', answer({ ...HELLO, _meta: { session: 'of-this-session' }, extra: 'more' }));
    memory.flush();
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/hidden-in-the-url|of-this-session|extra/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is not kept where it repeats a secret, or is long, and still serves this process', () => {
    const { memory, kept } = scene();
    const one = kept('nas', ['the-secret-token']);
    one.keep('initialize', answer({ ...HELLO, instructions: 'Signed in with the-secret-token' }));
    expect(memory.of('nas', URL_OF)).toEqual({ initialize: null, discover: null });
    expect(String(one.initialize)).toContain('Signed in');
    one.keep('initialize', answer({ ...HELLO, instructions: 'x'.repeat(70_000) }));
    expect(memory.of('nas', URL_OF)?.initialize).toBeNull();
  });

  test('is kept of the last 64 servers', () => {
    const { file, memory, kept } = scene();
    for (let n = 0; n < 70; n++) kept(`n${n}`).keep('initialize', answer(HELLO));
    memory.flush();
    const { answers } = JSON.parse(readFileSync(file, 'utf8'));
    expect(Object.keys(answers)).toHaveLength(64);
    expect(scene(file).kept('n5').initialize).toBeNull();
    expect(scene(file).kept('n69').initialize).not.toBeNull();
  });

  test.each(['', '{"answers":', '[]', '{"answers":[]}', '\0\0\0'])('is empty where the file is damaged: %j', (text) => {
    const { file } = scene();
    writeFileSync(file, text);
    const { kept, memory, lines } = scene(file);
    expect(kept().initialize).toBeNull();
    expect(lines.map(({ message }) => message)).toEqual([expect.stringContaining('cannot be read')]);
    kept().keep('initialize', answer(HELLO));
    memory.flush();
    expect(scene(file).kept().initialize).not.toBeNull();
  });

  test('of another shape than an answer is not used', () => {
    const { file, memory, kept } = scene();
    kept().keep('initialize', answer(HELLO));
    memory.flush();
    writeFileSync(file, readFileSync(file, 'utf8').replace('"capabilities":{"tools":{}}', '"capabilities":7'));
    expect(scene(file).kept().initialize).toBeNull();
  });

  test('that cannot be written is told of once', () => {
    const { memory, lines, kept } = scene(join('/dev/null', 'answers.json'));
    for (const name of ['a', 'b']) {
      kept(name).keep('initialize', answer(HELLO));
      memory.flush();
    }
    expect(lines.filter(({ message }) => message.includes('cannot be kept'))).toHaveLength(1);
  });
});

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type FileEvent,
  olderName,
  RotatingFile,
  type RotatingFileOptions,
  rotate,
} from '../../../app/log/rotating-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function opened(options: Partial<RotatingFileOptions> = {}) {
  const path = options.path ?? join(temporaryDirectory(), 'x.log');
  const events: FileEvent[] = [];
  const file = new RotatingFile({ ...options, path, onEvent: (event) => events.push(event) });
  onTestFinished(() => file.close());
  return { file, path, events };
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

/** Every line in the living file and the older ones, oldest first. */
function allLines(path: string): string[] {
  const lines: string[] = [];
  let age = 0;
  while (existsSync(olderName(path, age + 1))) age++;
  for (; age >= 0; age--) lines.push(...linesOf(olderName(path, age)));
  return lines;
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `line ${number}`);
}

describe('a rotating file', () => {
  it('loses no line, however many come in one turn of the loop', async () => {
    const { file, path, events } = opened({ maxBytes: 20_000, files: 1000 });
    const lines = numbered(60_000);
    for (let start = 0; start < lines.length; start += 3000) {
      for (const line of lines.slice(start, start + 3000)) file.write(line);
      if (start % 2 === 0) await nextTurn();
    }
    file.close();
    expect(allLines(path)).toEqual(lines);
    expect(events).toEqual([]);
    expect(existsSync(olderName(path, 30))).toBe(true);
  });

  it('never exceeds its limit, except by a line longer than that', () => {
    const { file, path } = opened({ maxBytes: 1000, files: 100 });
    for (const line of numbered(1000)) file.write(line);
    file.write('x'.repeat(5000));
    file.write('after');
    file.close();
    const sizes = readdirSync(dirname(path)).map((name) => statSync(join(dirname(path), name)).size);
    expect(sizes.filter((size) => size > 1000)).toEqual([5001]);
    expect(linesOf(path)).toEqual(['after']);
  });

  it('keeps the five newest files', () => {
    const { file, path } = opened({ maxBytes: 100 });
    for (const line of numbered(1000)) file.write(line);
    file.close();
    expect(readdirSync(dirname(path)).sort()).toEqual(['x.1.log', 'x.2.log', 'x.3.log', 'x.4.log', 'x.log']);
    expect(allLines(path).at(-1)).toBe('line 999');
  });

  it('has every line at the end of the loop turn without being asked', async () => {
    const { file, path } = opened();
    file.write('one');
    file.write('zwei 二');
    await nextTurn();
    expect(readFileSync(path, 'utf8')).toBe('one\nzwei 二\n');
  });

  it('is for its owner alone', () => {
    const { file, path } = opened();
    file.write('x');
    file.flush();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes on where an earlier run stopped, and counts what it wrote', () => {
    const { file, path } = opened({ maxBytes: 40 });
    writeFileSync(path, `${'x'.repeat(35)}\n`);
    file.write('does not fit');
    file.close();
    expect(linesOf(path)).toEqual(['does not fit']);
    expect(linesOf(olderName(path, 1))).toEqual(['x'.repeat(35)]);
  });

  it('starts on a line of its own after a torn one', () => {
    const { file, path } = opened();
    writeFileSync(path, 'whole\n{"torn":');
    file.write('next');
    file.close();
    expect(linesOf(path)).toEqual(['whole', '{"torn":', 'next']);
  });
});

describe('a rotating file whose path changes under it', () => {
  it('makes the directory anew when that vanishes', () => {
    const path = join(temporaryDirectory(), 'deep', 'er', 'x.log');
    const { file, events } = opened({ path });
    file.write('one');
    file.flush();
    rmSync(dirname(path), { recursive: true });
    file.write('two');
    file.close();
    expect(linesOf(path)).toEqual(['two']);
    expect(events).toEqual([]);
  });

  it('opens a new file when another program rotates it', () => {
    const { file, path } = opened();
    file.write('one');
    file.flush();
    renameSync(path, `${path}-20261122`);
    file.write('two');
    file.close();
    expect(linesOf(`${path}-20261122`)).toEqual(['one']);
    expect(linesOf(path)).toEqual(['two']);
  });

  it('goes on at the start when another program empties it', () => {
    const { file, path } = opened();
    file.write('one');
    file.flush();
    truncateSync(path);
    file.write('two');
    file.close();
    expect(linesOf(path)).toEqual(['two']);
  });
});

describe('a file that cannot be written', () => {
  it('is reported once, keeps the lines, and writes them when it can again', () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'blocked', 'x.log');
    writeFileSync(dirname(path), 'a file where a directory should be');
    const { file, events } = opened({ path });
    for (const line of ['one', 'two', 'three']) {
      file.write(line);
      file.flush();
    }
    expect(events).toMatchObject([{ kind: 'failed', reason: { code: 'EEXIST' } }]);
    unlinkSync(dirname(path));
    file.write('four');
    file.flush();
    expect(linesOf(path)).toEqual(['one', 'two', 'three', 'four']);
    expect(events.slice(1)).toEqual([{ kind: 'recovered', lost: 0 }]);
  });

  it('is tried again by itself', async () => {
    const path = join(temporaryDirectory(), 'x.log');
    mkdirSync(path);
    const recovered = new Promise((resolve) => {
      const onEvent = (event: FileEvent) =>
        event.kind === 'recovered' ? resolve(event.lost) : rmSync(path, { recursive: true });
      const file = new RotatingFile({ path, onEvent });
      onTestFinished(() => file.close());
      file.write('patient');
    });
    expect(await recovered).toBe(0);
    expect(linesOf(path)).toEqual(['patient']);
  });

  it('costs a bounded amount of memory, and says how many lines that cost', () => {
    const path = join(temporaryDirectory(), 'x.log');
    mkdirSync(path);
    const { file, events } = opened({ path, maxPendingBytes: 900 });
    for (const line of numbered(1000)) file.write(line);
    file.flush();
    rmSync(path, { recursive: true });
    file.close();
    expect(linesOf(path)).toEqual(numbered(1000).slice(-100));
    expect(events.at(-1)).toEqual({ kind: 'recovered', lost: 900 });
  });

  it.runIf(existsSync('/dev/full'))('survives a full disk', () => {
    const { file, path, events } = opened();
    symlinkSync('/dev/full', path);
    file.write('one');
    file.flush();
    expect(events).toMatchObject([{ kind: 'failed', reason: { code: 'ENOSPC' } }]);
    unlinkSync(path);
    file.write('two');
    file.flush();
    expect(linesOf(path)).toEqual(['one', 'two']);
  });

  it.skipIf(process.platform === 'win32')('cuts off a line that only half fitted, and writes it whole later', () => {
    const path = join(temporaryDirectory(), 'x.log');
    const script = fileURLToPath(new URL('../../fixtures/log-into-little-space.ts', import.meta.url));
    // 512-byte blocks: the system takes 4096 bytes and refuses the rest, as a disk does that runs full.
    const events = execFileSync('sh', ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, script, path]);
    expect(String(events)).toBe('failed recovered');
    expect(readFileSync(`${path}.full`, 'utf8')).toMatch(/\n$/);
    expect(linesOf(`${path}.full`).length).toBeGreaterThan(400);
    expect([...linesOf(`${path}.full`), ...linesOf(path)]).toEqual(numbered(600));
  });
});

describe('older files that cannot be renamed', () => {
  it('let the file grow, once reported, and no line is lost', () => {
    const { file, path, events } = opened({ maxBytes: 200 });
    mkdirSync(join(olderName(path, 1), 'in the way'), { recursive: true });
    mkdirSync(join(olderName(path, 2), 'in the way'), { recursive: true });
    mkdirSync(join(olderName(path, 3), 'in the way'), { recursive: true });
    mkdirSync(join(olderName(path, 4), 'in the way'), { recursive: true });
    for (const line of numbered(100)) file.write(line);
    file.flush();
    expect(events).toMatchObject([{ kind: 'stuck' }]);
    expect(linesOf(path)).toEqual(numbered(100));
    for (const age of [1, 2, 3, 4]) rmSync(olderName(path, age), { recursive: true });
    for (const line of numbered(100)) file.write(line);
    file.close();
    expect(events).toHaveLength(1);
    expect(existsSync(olderName(path, 1))).toBe(true);
  });

  it('cost no older file, however often it is tried', () => {
    const path = join(temporaryDirectory(), 'x.log');
    for (const age of [0, 2, 3, 4]) writeFileSync(olderName(path, age), `${age}`);
    // Age 1 is missing: a chain that broke there before.
    rotate(path, 5);
    expect(readFileSync(olderName(path, 1), 'utf8')).toBe('0');
    for (const age of [2, 3, 4]) expect(readFileSync(olderName(path, age), 'utf8')).toBe(`${age}`);
  });
});

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog, type LogOptions, REDACTED, RingBuffer, secretsOf } from '../../../app/log/index.ts';
import { DEFAULT_SETTINGS } from '../../../app/settings/settings.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function started(options: Partial<LogOptions> = {}) {
  const ring = new RingBuffer();
  const stream = new PassThrough({ encoding: 'utf8' });
  const path = join(temporaryDirectory(), 'x.log');
  const running = createLog({
    level: 'info',
    ring,
    console: { stream, environment: {} },
    file: { path },
    clock: () => Date.UTC(2026, 10, 22),
    ...options,
  });
  onTestFinished(() => running.close());
  const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return { ...running, ring, stream, path, lines };
}

function said(ring: RingBuffer): string[] {
  return ring.since(0).map(({ entry }) => `${entry.level} ${entry.source}: ${entry.message}`);
}

describe('a log', () => {
  it('writes every line to console, file and ring', async () => {
    const { log, ring, stream, lines, close } = started();
    log.from('proxy').warn('slow', { ms: 12 });
    await close();
    expect(said(ring)).toEqual(['warn proxy: slow']);
    expect(stream.read()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[WARN\] slow {2}proxy ms=12\n$/);
    expect(lines().map((line) => JSON.parse(line))).toEqual([
      { time: '2026-11-22T00:00:00.000Z', level: 'warn', source: 'proxy', message: 'slow', fields: { ms: 12 } },
    ]);
  });

  it('has every line everywhere when the call returns, so that a crash loses none', () => {
    const { log, ring, flush, lines } = started();
    for (let number = 0; number < 5000; number++) log.info(`line ${number}`);
    flush();
    expect(ring.lastSequence).toBe(5000);
    expect(lines()).toHaveLength(5000);
    expect(JSON.parse(lines().at(-1) ?? '')).toMatchObject({ message: 'line 4999' });
  });

  it('bounds what one source writes at one level, counts the rest, and leaves the lines of all others', async () => {
    const { log, ring, lines, close } = started();
    const [gateway, server] = [log.from('gateway'), log.from('server:nas')];
    for (let number = 0; number < 50_000; number++) gateway.warn(`refused ${number}`);
    gateway.error('the port is lost');
    server.info('one line of stderr');
    await close();
    const all = said(ring);
    const leftOut = Number(/^warn gateway: (\d+) further lines of gateway left out$/.exec(all.at(-1) ?? '')?.[1]);
    expect(all.filter((line) => line.includes('refused')).length + leftOut).toBe(50_000);
    expect(all.length).toBeLessThan(2000);
    expect(lines()).toHaveLength(all.length);
    expect(all).toContain('error gateway: the port is lost');
    expect(all).toContain('info server:nas: one line of stderr');
  });

  it('makes no lines below its level, and follows a new one at once', () => {
    const { log, ring, follow } = started({ level: 'warn' });
    const proxy = log.from('proxy');
    proxy.info('no');
    proxy.debug('no');
    proxy.warn('yes');
    follow({ level: 'debug' });
    proxy.debug('now');
    follow({ level: 'error' });
    proxy.warn('no more');
    expect(said(ring)).toEqual(['warn proxy: yes', 'debug proxy: now']);
  });

  it('shows no secret anywhere: not in messages, not in fields', async () => {
    const secret = 'k3y-0f-the-h0use';
    const { log, ring, stream, path, close } = started({ secrets: [secret] });
    log.error(`refused ${secret}`, { header: `Basic ${Buffer.from('a:b').toString('base64')}`, token: 'abc' });
    await close();
    const [numbered] = ring.since(0);
    expect(numbered?.entry).toMatchObject({
      message: `refused ${REDACTED}`,
      fields: { header: `Basic ${REDACTED}`, token: REDACTED },
    });
    for (const output of [String(stream.read()), readFileSync(path, 'utf8')]) {
      expect(output).not.toContain(secret);
      expect(output).not.toContain('YTpi');
      expect(output).not.toContain('abc');
    }
  });

  it('learns of new secrets while it runs', () => {
    const { log, ring, follow } = started();
    follow({ level: 'info', secrets: ['brand-new'] });
    log.info('it is brand-new');
    expect(said(ring)).toEqual([`info : it is ${REDACTED}`]);
  });

  it('reports a file it cannot write once, in words, and goes on without it', () => {
    const path = join(temporaryDirectory(), 'x.log');
    mkdirSync(path);
    const { log, ring, flush } = started({ file: { path } });
    for (const message of ['one', 'two', 'three']) {
      log.info(message);
      flush();
    }
    expect(said(ring).filter((line) => line.startsWith('error'))).toEqual([
      expect.stringMatching(/^error log: .*x\.log - the log file cannot be written.*EISDIR/),
    ]);
    rmSync(path, { recursive: true });
    flush();
    flush();
    expect(said(ring).at(-1)).toContain('is written again');
    expect(readFileSync(path, 'utf8').split('\n').slice(0, -1)).toHaveLength(5);
  });

  it('goes on when the reader of its console has closed its end', () => {
    const { log, ring, stream } = started();
    stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    log.info('one');
    return new Promise<void>((resolve) => {
      setImmediate(() => {
        log.info('two');
        expect(ring.lastSequence).toBe(2);
        resolve();
      });
    });
  });

  it('may be closed twice, and writes nothing afterwards', async () => {
    const { log, ring, close } = started();
    await Promise.all([close(), close()]);
    log.error('too late');
    expect(ring.lastSequence).toBe(0);
  });

  it('without a destination takes lines and closes without a complaint of winston', async () => {
    const complaints = vi.spyOn(console, 'error');
    onTestFinished(() => complaints.mockRestore());
    const { log, close } = createLog({ level: 'debug' });
    log.error('a line without a reader');
    await close();
    expect(complaints).not.toHaveBeenCalled();
  });
});

describe('the colour of a log line', () => {
  function written(isTTY: boolean, environment: { NO_COLOR?: string; TERM?: string }): string {
    const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
    const { log } = started({ console: { stream, environment } });
    log.error('x');
    return String(stream.read());
  }

  it('is for terminals only, and only without NO_COLOR and TERM=dumb', () => {
    expect(written(true, {})).toContain('\u001b[');
    expect(written(true, { NO_COLOR: '' })).toContain('\u001b[');
    expect(written(false, {})).not.toContain('\u001b[');
    expect(written(true, { NO_COLOR: '1' })).not.toContain('\u001b[');
    expect(written(true, { TERM: 'dumb' })).not.toContain('\u001b[');
  });
});

describe('the secrets of the settings', () => {
  it('are the token, the password upstream, and what servers get in secret variables', () => {
    const secrets = secretsOf({
      ...DEFAULT_SETTINGS,
      token: 'the-token',
      upstream: 'http://jason:p%40ss@proxy.corp:3128',
      servers: [
        {
          name: 'x',
          command: 'x',
          args: [],
          env: { API_KEY: 'the-key', LOG: 'loud' },
          cwd: null,
          era: 'auto',
          spare: true,
        },
      ],
    });
    expect(secrets).toEqual(['the-token', 'p%40ss', 'p@ss', 'the-key']);
  });
});

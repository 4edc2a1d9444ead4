import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROBE_NAMES } from '../../../app/doctor/examine.ts';
import {
  Doctor,
  examine,
  type Facts,
  fileMemory,
  type ProbeName,
  type Probes,
  seen,
} from '../../../app/doctor/index.ts';
import type { FactRow } from '../../../app/doctor/report/fact-rows.ts';
import type { InEach } from '../../../app/i18n/index.ts';
import { blankProbes, factsFrom, probesSeeing } from '../../support/doctor-facts.ts';
import { reached } from '../../support/probe-results.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const question = { target: { host: 'nas.lan', port: 80 }, tls: false, server: null, reported: null };
const never = new AbortController().signal;

function look(probes: Partial<Probes>, options: Partial<Parameters<typeof examine>[2]> = {}): Promise<Facts> {
  return examine(question, blankProbes(probes), { version: '0.0.0', platform: 'linux', signal: never, ...options });
}

describe('an examination', () => {
  it('has every probe look once, and tells of each', async () => {
    const told: ProbeName[] = [];
    let looks = 0;
    const names: Probes['names'] = async () => {
      looks++;
      return seen({ addresses: [], errno: null, elapsedMs: 1 });
    };
    const waiting: Probes['tls'] = async (environment) => {
      await Promise.all([environment.seen('names'), environment.seen('names')]);
      return { state: 'not-applicable' };
    };
    await look({ names, tls: waiting }, { progress: (name) => told.push(name) });
    expect(looks).toBe(1);
    expect(told.toSorted()).toEqual([...PROBE_NAMES].toSorted());
  });

  it('has all of them look at the same time', async () => {
    const { promise: both, resolve } = Promise.withResolvers<void>();
    let here = 0;
    const meet: Probes['copies'] = async () => {
      if (++here === 2) resolve();
      await both;
      return seen([]);
    };
    const facts = await look({
      copies: meet,
      extensions: async (environment) => ({ ...(await meet(environment)), state: 'not-applicable' }),
    });
    expect(facts.seen.copies).toEqual(seen([]));
  });

  it('makes what a probe throws a reason', async () => {
    const facts = await look({
      macos: () => Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' })),
      copies: () => {
        throw new Error('broken');
      },
    });
    expect(facts.seen.macos).toEqual({ state: 'unknown', reason: 'ENOENT' });
    expect(facts.seen.copies).toEqual({ state: 'unknown', reason: 'broken' });
  });

  it('does not wait for a probe for ever', async () => {
    const facts = await look({ vpns: () => new Promise(() => undefined) }, { limit: 50 });
    expect(facts.seen.vpns).toEqual({ state: 'unknown', reason: 'timeout' });
    expect(facts.seen.names).toEqual({ state: 'not-applicable' });
  });

  it('ends at once when it is stopped', async () => {
    const control = new AbortController();
    const hanging = look({ vpns: () => new Promise(() => undefined) }, { signal: control.signal });
    control.abort();
    expect((await hanging).seen.vpns).toEqual({ state: 'stopped' });
  });
});

describe('a doctor', () => {
  const doctorSeeing = (facts: Facts, file: string): Doctor =>
    new Doctor(
      {
        platform: 'darwin',
        env: {},
        executable: '',
        home: '/Users/ada',
        searchPath: () => null,
        gateway: () => ({ host: '127.0.0.1', port: 1, token: null }),
        servers: async () => [],
        secrets: () => ['Tok-en_1'],
        permission: () => null,
        memory: fileMemory(file),
      },
      probesSeeing(facts),
    );
  const request = { target: '192.168.1.20:80', server: null, error: '' };

  it('remembers when it last reached a neighbour, and under which system', async () => {
    const file = join(temporaryDirectory(), 'folder', 'doctor.json');
    await doctorSeeing(factsFrom({ seen: { connect: reached } }), file).run(request, { signal: never });
    expect(fileMemory(file).read()).toMatchObject({ macos: '26.1' });
    expect(JSON.parse(readFileSync(file, 'utf8')).at).toBeGreaterThan(0);
  });

  it('remembers nothing it cannot read', () => {
    const file = join(temporaryDirectory(), 'doctor.json');
    expect(fileMemory(file).read()).toBeNull();
    for (const content of ['', '{', '{"at":"yesterday","macos":null}']) {
      writeFileSync(file, content);
      expect(fileMemory(file).read()).toBeNull();
    }
  });

  it('tells what each probe has seen without secrets or the home', async () => {
    const lines: string[] = [];
    const facts = factsFrom({ seen: { copies: ['/Users/ada/x.app', '/opt/Tok-en_1.app'] } });
    const progress = ({ en }: InEach<FactRow>) => lines.push(...en.lines);
    await doctorSeeing(facts, join(temporaryDirectory(), 'd')).run(request, { signal: never, progress });
    expect(lines).toContain('~/x.app');
    expect(lines.join()).not.toMatch(/Tok-en_1|Users/);
  });
});

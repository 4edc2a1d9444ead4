import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RequestStates } from '../../../app/bridge/translate/modern-to-legacy/suspended-calls.ts';
import { Resolver } from '../../../app/dial/resolve.ts';
import { HalfClosedSweep } from '../../../app/proxy/relay.ts';
import { LastRequests } from '../../../app/proxy/traffic.ts';
import { BackOff } from '../../../app/servers/condition.ts';
import { modernRequest } from '../../support/translation-doubles.ts';

const TWO_HOURS = 2 * 3_600_000;
const now = (): number => performance.now();

describe.each([
  ['back', -TWO_HOURS],
  ['forward', TWO_HOURS],
])('When the time of day is set two hours %s', (_direction, step) => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'Date', 'performance'],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const setTheClock = (): void => void vi.setSystemTime(Date.now() + step);

  it('a name that was looked up is believed for ten seconds, no longer and no shorter', () => {
    let lookups = 0;
    const resolver = new Resolver(
      (_host, done) => {
        lookups++;
        done(null, [{ address: '192.0.2.1', family: 4 }]);
      },
      now,
      2,
    );
    resolver.resolve('nas.lan', () => undefined);
    setTheClock();
    vi.advanceTimersByTime(9_000);
    resolver.resolve('nas.lan', () => undefined);
    expect(lookups).toBe(1);
    vi.advanceTimersByTime(2_000);
    resolver.resolve('nas.lan', () => undefined);
    expect(lookups).toBe(2);
  });

  it('a half-closed tunnel through which nothing passes is closed after two minutes', () => {
    let closed = false;
    const sweep = new HalfClosedSweep();
    const tunnel = {
      passed: () => 7,
      expire() {
        closed = true;
        sweep.delete(place);
      },
    };
    const place = sweep.add(tunnel);
    onTestFinished(() => sweep.delete(place));
    setTheClock();
    vi.advanceTimersByTime(110_000);
    expect(closed).toBe(false);
    vi.advanceTimersByTime(30_000);
    expect(closed).toBe(true);
  });

  it('a server that kept failing rests as long as before', () => {
    const backOff = new BackOff();
    for (let failure = 0; failure < 3; failure++) backOff.failed(now());
    setTheClock();
    expect(backOff.wait(now())).toBe(1000);
    vi.advanceTimersByTime(1001);
    expect(backOff.wait(now())).toBe(0);
  });

  it('the label that was silent for longest is still the one forgotten, and the newest request is the last listed', () => {
    const lastRequests = new LastRequests(() => undefined);
    const target = { host: 'nas.lan', port: 1 };
    for (let label = 0; label < 256; label++) lastRequests.connected(`client-${label}`, target);
    setTheClock();
    lastRequests.connected('client-0', target);
    lastRequests.connected('newcomer', target);
    const labels = lastRequests.list().map(({ label }) => label);
    expect(labels.slice(-2)).toEqual(['client-0', 'newcomer']);
    expect(labels).not.toContain('client-1');
  });

  it('a parked call is kept for its time', () => {
    const states = new RequestStates();
    const request = modernRequest('tools/call', { name: 'x' });
    const state = states.seal(states.newHandle(), request, Math.ceil(now() + 60_000));
    setTheClock();
    expect(states.open(state, request, now())).toMatchObject({ kind: 'handle' });
    vi.advanceTimersByTime(61_000);
    expect(states.open(state, request, now())).toEqual({ kind: 'invalid' });
  });
});

import { describe, expect, it } from 'vitest';
import { LastRequests } from '../../../app/proxy/traffic.ts';

const NAS = { host: 'nas.lan', port: 8123 };

describe('The table of last requests', () => {
  it('keeps one row for a label, with its last outcome and its sums', () => {
    let changes = 0;
    const lastRequests = new LastRequests(() => changes++);
    lastRequests.answered('claude.ha', NAS, 200);
    lastRequests.failed('claude.ha', NAS, 'EHOSTUNREACH');
    lastRequests.connected('claude.db', { host: 'db.lan', port: 443 });
    expect(lastRequests.list()).toEqual([
      {
        label: 'claude.ha',
        lastAt: expect.any(Number),
        target: NAS,
        outcome: { kind: 'failed', code: 'EHOSTUNREACH' },
        requests: 2,
        failures: 1,
      },
      expect.objectContaining({ label: 'claude.db', outcome: { kind: 'connected' }, requests: 1, failures: 0 }),
    ]);
    expect(changes).toBe(3);
  });

  it('counts an answer that breaks off as one request, failed', () => {
    const lastRequests = new LastRequests(() => undefined);
    lastRequests.answered('a', NAS, 200);
    lastRequests.brokenOff('a', NAS, 'ECONNRESET');
    expect(lastRequests.list()).toMatchObject([
      { outcome: { kind: 'failed', code: 'ECONNRESET' }, requests: 1, failures: 1 },
    ]);
  });

  it('knows nothing of clients without a name, nor of names too long to be ours', () => {
    const lastRequests = new LastRequests(() => undefined);
    lastRequests.connected('', NAS);
    lastRequests.connected('x'.repeat(257), NAS);
    expect(lastRequests.list()).toEqual([]);
  });

  it('forgets the label that was silent for longest when there are too many', () => {
    const lastRequests = new LastRequests(() => undefined);
    for (let index = 0; index < 256; index++) lastRequests.connected(`client-${index}`, NAS);
    lastRequests.answered('client-0', NAS, 204);
    lastRequests.connected('newcomer', NAS);
    const labels = lastRequests.list().map(({ label }) => label);
    expect(labels).toHaveLength(256);
    expect(labels).toContain('client-0');
    expect(labels).toContain('newcomer');
    expect(labels).not.toContain('client-1');
  });
});

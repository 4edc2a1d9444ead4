import { describe, expect, it } from 'vitest';
import { LastRequests } from '../../../app/proxy/last-requests.ts';

const NAS = { host: 'nas.lan', port: 8123 };

describe('The ledger of last requests', () => {
  it('keeps one row for a label, with its last outcome and its sums', () => {
    let changes = 0;
    const ledger = new LastRequests(() => changes++);
    ledger.answered('claude.ha', NAS, 200);
    ledger.failed('claude.ha', NAS, 'EHOSTUNREACH');
    ledger.connected('claude.db', { host: 'db.lan', port: 443 });
    expect(ledger.list()).toEqual([
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
    const ledger = new LastRequests(() => undefined);
    ledger.answered('a', NAS, 200);
    ledger.brokenOff('a', NAS, 'ECONNRESET');
    expect(ledger.list()).toMatchObject([
      { outcome: { kind: 'failed', code: 'ECONNRESET' }, requests: 1, failures: 1 },
    ]);
  });

  it('knows nothing of clients without a name, nor of names too long to be ours', () => {
    const ledger = new LastRequests(() => undefined);
    ledger.connected('', NAS);
    ledger.connected('x'.repeat(257), NAS);
    expect(ledger.list()).toEqual([]);
  });

  it('forgets the label that was silent for longest when there are too many', () => {
    const ledger = new LastRequests(() => undefined);
    for (let index = 0; index < 256; index++) ledger.connected(`client-${index}`, NAS);
    ledger.answered('client-0', NAS, 204);
    ledger.connected('newcomer', NAS);
    const labels = ledger.list().map(({ label }) => label);
    expect(labels).toHaveLength(256);
    expect(labels).toContain('client-0');
    expect(labels).toContain('newcomer');
    expect(labels).not.toContain('client-1');
  });
});

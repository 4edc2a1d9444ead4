import { describe, expect, it } from 'vitest';
import { isSameStart, parsePs } from '../../../app/servers/process/process-table.ts';

// As macOS prints them with LC_ALL=C and TZ=UTC.
const FACTS = `    1     1 Ss   Tue Nov  3 07:01:02 2026     /sbin/launchd
  501   501 S+   Sat Nov 28 15:04:05 2026     /Applications/MCP Gangway.app/Contents/Resources/bin/node
  502   501 Z    Sat Nov 28 15:04:06 2026     (node)
  503   503 S    Sat Nov 28 15:04:07 2026     python3
`;
const ENVIRONMENTS = `    1 /sbin/launchd
  501 /opt/node server.js --key secret PATH=/bin MCP_GANGWAY_RUN=0b5a HOME=/Users/ub
  503 python3 -c import time
`;

describe('parsePs', () => {
  it('reads pid, group, start and program, and the mark of each process that shows its environment', () => {
    expect(parsePs(FACTS, ENVIRONMENTS)).toEqual([
      { pid: 1, group: 1, start: Date.UTC(2026, 10, 3, 7, 1, 2), program: 'launchd', mark: null },
      { pid: 501, group: 501, start: Date.UTC(2026, 10, 28, 15, 4, 5), program: 'node', mark: '0b5a' },
      { pid: 503, group: 503, start: Date.UTC(2026, 10, 28, 15, 4, 7), program: 'python3', mark: null },
    ]);
  });

  it('leaves out what it cannot read', () => {
    expect(parsePs('garbage\n12 x\n\n', 'garbage\n')).toEqual([]);
  });
});

describe('isSameStart', () => {
  it('is exact on Linux, where the table counts clock ticks', () => {
    expect(isSameStart(5000, 5000, 'linux')).toBe(true);
    expect(isSameStart(5000, 5001, 'linux')).toBe(false);
  });

  it('allows for the second that macOS rounds to, and for no more', () => {
    const spawned = Date.UTC(2026, 10, 28, 15, 4, 5) + 990;
    expect(isSameStart(Date.UTC(2026, 10, 28, 15, 4, 5), spawned, 'darwin')).toBe(true);
    expect(isSameStart(Date.UTC(2026, 10, 28, 15, 4, 8), spawned, 'darwin')).toBe(false);
  });
});

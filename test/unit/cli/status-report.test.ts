import { describe, expect, it } from 'vitest';
import { jsonText } from '../../../app/cli/columns.ts';
import { statusReport } from '../../../app/cli/status.ts';
import { textIn } from '../../../app/i18n/index.ts';

const NOW = new Date(2026, 10, 22, 12, 0, 0).getTime();

function tunnel(id: number, changes: object = {}) {
  return {
    id,
    kind: 'connect',
    target: { host: 'nas.lan', port: 443 },
    label: 'claude',
    openedAt: NOW - 125_000,
    up: 1_234,
    down: 34_000_000,
    ...changes,
  };
}

function report(changes: object, language: 'en' | 'zh-Hant' = 'en'): string {
  const snapshot = {
    product: 'mcp-gangway',
    version: '1.2.3',
    pid: 42,
    startedAt: NOW - 3_600_000,
    listening: [
      { host: '127.0.0.1', port: 28080 },
      { host: '::1', port: 28080 },
    ],
    forwards: [],
    totals: { tunnels: 12, requests: 3, failures: 0, up: 999, down: 1_500_000_000 },
    failures: [],
    tunnels: [],
    ...changes,
  };
  return statusReport(snapshot, NOW, textIn(language));
}

describe('the report', () => {
  it('says what runs where since when', () => {
    const text = report({});
    expect(text).toContain('MCP Gangway 1.2.3 runs since 2026-11-22 11:00 (process 42).');
    expect(text).toContain('Listens on 127.0.0.1:28080, [::1]:28080.');
    expect(text).toContain('No open tunnels.\nSo far 12 tunnels and 3 requests; 999 B sent, 1.50 GB received.');
    expect(text).toContain('No request has failed.');
  });

  it('shows tunnels in columns', () => {
    const text = report({
      tunnels: [
        tunnel(1),
        tunnel(2, { kind: 'socks', target: { host: '::5', port: 22 }, label: '', openedAt: NOW - 4_000_000 }),
      ],
    });
    expect(text).toContain(
      '2 open tunnels:\n' +
        '  connect  nas.lan:443  2 min      ↑ 1.23 KB  ↓ 34.0 MB  claude\n' +
        '  socks    [::5]:22     1 h 6 min  ↑ 1.23 KB  ↓ 34.0 MB\n',
    );
  });

  it('shows every MCP server', () => {
    const bridge = {
      servers: [
        { name: 'notes', state: 'ready', sessions: [{}], children: [{}, {}] },
        { name: 'broken', state: 'failing', sessions: [], children: [] },
        { name: 'new', state: 'dreaming', sessions: [], children: [] },
      ],
    };
    const text = report({ bridge });
    expect(text).toContain('MCP server notes: ready, 1 session, 2 processes.\n');
    expect(text).toContain('MCP server broken: failing again and again, 0 sessions, 0 processes.\n');
    expect(text).toContain('MCP server new: dreaming,');
    const condition = { kind: 'failed', since: NOW - 120_000, until: null, detail: 'The command x was not found.' };
    const telling = [
      { name: 'gone', state: 'failing', condition, sessions: [], children: [] },
      {
        name: 'slow',
        state: 'ready',
        condition: { kind: 'starting', since: NOW - 12_000, until: null, detail: 'downloading' },
        sessions: [],
        children: [{}],
      },
      {
        name: 'tired',
        state: 'failing',
        condition: { ...condition, kind: 'resting', until: NOW + 8000 },
        sessions: [],
        children: [],
      },
      { name: 'new', state: 'ready', condition: { kind: 'not-started', since: null, until: null, detail: '' } },
    ];
    const told = report({ bridge: { servers: telling } });
    expect(told).toContain(
      'MCP server gone: failed 2 min ago, 0 sessions, 0 processes.\n  The command x was not found.\n',
    );
    expect(told).toContain('MCP server slow: starting, 12 s, 0 sessions, 1 process.\n  downloading\n');
    expect(told).toContain('MCP server tired: failed 2 min ago, tried again in 8 s, 0 sessions, 0 processes.\n');
    expect(told).toContain('MCP server new: not started, 0 sessions, 0 processes.\n');
    expect(report({ bridge: { servers: telling } }, 'zh-Hant')).toContain('MCP 伺服器 gone：2 分鐘前失敗，');
    expect(report({ bridge }, 'zh-Hant')).toContain('MCP 伺服器 broken：一再失敗，0 個工作階段');
  });

  it('says who is signed in until when', () => {
    const words = textIn('en').cliRun.status;
    const until = new Date(2026, 10, 22, 13, 30).getTime();
    const signIn = { state: 'signed-in', issuer: 'https://a.example', until, renews: false };
    const shown = (changes: object): string =>
      report({
        bridge: {
          servers: [{ name: 'far', state: 'ready', sessions: [], children: [], signIn: { ...signIn, ...changes } }],
        },
      });
    expect(shown({})).toContain(words.signedInUntil('https://a.example', '2026-11-22 13:30'));
    expect(shown({ renews: true })).toContain(words.signedInRenews('https://a.example', '2026-11-22 13:30'));
    expect(shown({ until: null })).toMatch(/signed in at https:\/\/a\.example$/m);
    expect(shown({ state: 'signed-out' })).not.toContain('signed in');
  });

  it('clips a long list and says so', () => {
    const text = report({ tunnels: Array.from({ length: 25 }, (_, id) => tunnel(id)) });
    expect(text.match(/nas\.lan/g)).toHaveLength(20);
    expect(text).toContain('  and 5 more');
  });

  it('shows the last request of each name, the newest first', () => {
    const request = { lastAt: NOW - 120_000, target: { host: 'nas.lan', port: 8123 }, requests: 7, failures: 0 };
    const lastRequests = [
      { ...request, label: 'claude-desktop.ha', outcome: { kind: 'answered', status: 200 } },
      {
        ...request,
        label: 'cursor.db',
        lastAt: NOW - 3000,
        outcome: { kind: 'failed', code: 'EHOSTUNREACH' },
        failures: 2,
      },
      { ...request, label: 'x', target: null, outcome: { kind: 'given-up' } },
      { ...request, label: 'y', outcome: { kind: 'dreamt' } },
    ];
    expect(report({ lastRequests })).toContain(
      '\nLast requests, by the name that each client gave:\n' +
        '  cursor.db          3 s ago    nas.lan:8123  EHOSTUNREACH  7 in all, 2 failed\n' +
        '  claude-desktop.ha  2 min ago  nas.lan:8123  200           7 in all\n' +
        '  x                  2 min ago  -             given up      7 in all\n' +
        '  y                  2 min ago  nas.lan:8123  dreamt        7 in all\n',
    );
    expect(report({ lastRequests }, 'zh-Hant')).toContain(
      '  cursor.db          3 秒前    nas.lan:8123  EHOSTUNREACH  共 7 次，失敗 2 次\n' +
        '  claude-desktop.ha  2 分鐘前  nas.lan:8123  200           共 7 次\n' +
        '  x                  2 分鐘前  -             已放棄        共 7 次\n',
    );
    expect(report({})).not.toContain('Last requests');
  });

  it('shows the newest failures', () => {
    const failures = Array.from({ length: 30 }, (_, number) => ({
      at: NOW,
      target: number === 29 ? null : { host: `h${number}`, port: 1 },
      code: 'ECONNREFUSED',
      sentence: `Sentence ${number}.`,
    }));
    const text = report({ failures, totals: { failures: 31 } });
    expect(text).toContain('Failures (31 in all), newest last:\n  2026-11-22 12:00  h10:1');
    expect(text).toMatch(/- +ECONNREFUSED {2}Sentence 29\.\n$/);
  });

  it('lets no name from outside command the terminal', () => {
    expect(report({ tunnels: [tunnel(1, { label: 'x\u001b[2J\u202e' })] })).toContain('x�[2J�');
  });

  it('of another version shows what it can', () => {
    expect(statusReport({ product: 'mcp-gangway', version: '9.9.9', tunnels: 'many' }, NOW, textIn('en'))).toContain(
      '9.9.9',
    );
  });

  it('separates addresses by the comma of the language', () => {
    expect(report({}, 'zh-Hant')).toContain('監聽 127.0.0.1:28080、[::1]:28080。');
  });

  it('exists in Chinese', () => {
    const text = report({ tunnels: [tunnel(1), tunnel(2, { openedAt: NOW - 4_000_000 })] }, 'zh-Hant');
    expect(text).toContain(
      '目前有 2 個通道：\n' +
        '  connect  nas.lan:443  2 分鐘         ↑ 1.23 KB  ↓ 34.0 MB  claude\n' +
        '  connect  nas.lan:443  1 小時 6 分鐘  ↑ 1.23 KB  ↓ 34.0 MB  claude\n',
    );
  });
});

describe('What is printed as JSON', () => {
  it('steers no terminal, and says what it said', () => {
    const told = { name: 'a\u009b2Jb\u202ec\u007f', lines: ['x\ny'] };
    expect(jsonText(told)).toContain(String.raw`"a\u009b2Jb\u202ec\u007f"`);
    expect(JSON.parse(jsonText(told))).toEqual(told);
  });
});

import { describe, expect, it } from 'vitest';
import { doctorView } from '../../../app/cli/doctor.ts';
import { type Facts, jsonReport, PROBE_COUNT, type ProbeResults, reportOf } from '../../../app/doctor/index.ts';
import { cleaner } from '../../../app/doctor/report/report.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { Redactor } from '../../../app/log/index.ts';
import { factsFrom, type Told } from '../../support/doctor-facts.ts';
import { validatorOf } from '../../support/json-schema.ts';
import { bundle, trial } from '../../support/probe-results.ts';

const en = appTextIn('en');

/** A Mac of which everything is known. */
const everything: Required<NonNullable<Told['seen']>> = {
  names: { addresses: [{ address: '192.168.1.20', family: 4 }], errno: null, elapsedMs: 4 },
  connect: [
    {
      address: '192.168.1.20',
      way: { kind: 'on-link', interface: 'en0', router: null },
      outcome: 'connected',
      errno: null,
      elapsedMs: 2.1,
      tries: 1,
    },
  ],
  loopback: [{ address: '::1', outcome: 'failed', errno: 'ECONNREFUSED', elapsedMs: 0.2 }],
  tls: {
    outcome: 'secured',
    errno: null,
    elapsedMs: 11.5,
    protocol: 'TLSv1.3',
    certificate: {
      subject: 'nas',
      issuer: 'nas',
      names: ['nas.local', '192.168.1.20'],
      validFrom: '2026-01-01T00:00:00.000Z',
      validTo: '2036-01-01T00:00:00.000Z',
      verdict: 'self-signed',
    },
  },
  remote: { ...trial({ step: 'sign-in', cause: 'sign-in-ended', status: 401 }), isPinned: true },
  throughGateway: { status: 502, error: 'destination_ip_unroutable', errno: 'EHOSTUNREACH', elapsedMs: 1.5 },
  runtime: [{ runtime: 'node', file: '/opt/homebrew/bin/node', outcome: 'timed-out', errno: null, elapsedMs: 4000 }],
  appleTool: { outcome: 'connected', errno: null, elapsedMs: 9 },
  router: { address: '192.168.1.1', outcome: 'failed', errno: 'ECONNREFUSED', elapsedMs: 1 },
  gateway: {
    kind: 'running',
    port: 28_080,
    version: '0.1.0',
    pid: 4711,
    carried: { tunnels: 1, requests: 2, failures: 3 },
  },
  server: {
    name: 'home-assistant',
    client: 'Claude Desktop',
    program: 'uvx',
    runtime: 'python',
    file: '/Users/ada/.local/bin/uvx',
    mode: 'off',
  },
  interpreter: { file: '/opt/homebrew/bin/python3.12', identifier: 'python3.12', team: null, signature: 'ad-hoc' },
  launch: { kind: 'app', by: null, root: false },
  permission: 'granted',
  macos: { version: '26.1', build: '25B78' },
  extensions: [
    {
      bundleId: 'com.avast.netext',
      name: 'Avast',
      team: 'A1',
      version: '1.2',
      state: 'activated enabled',
      enabled: true,
    },
  ],
  filters: { filters: 1, sockets: 312 },
  vpns: {
    services: [{ name: 'Work', kind: 'IPSec', connected: true }],
    tunnels: [{ interface: 'utun4', addresses: ['10.8.0.2'] }],
  },
  bundle,
  copies: ['/Applications/MCP Gangway.app', '/Users/ada/Downloads/MCP Gangway.app'],
  path: {
    folders: ['/opt/homebrew/bin', '/usr/bin'],
    fromShell: true,
    commands: [
      { name: 'node', file: '/opt/homebrew/bin/node' },
      { name: 'docker', file: null },
    ],
  },
  proxyVariables: [
    { name: 'HTTP_PROXY', leadsHere: true },
    { name: 'https_proxy', leadsHere: false },
    { name: 'NO_PROXY', leadsHere: false },
  ],
  lastGood: { at: 1_763_800_000_000, macos: '15.6' },
};
const question = {
  target: { host: 'nas.local', port: 8443 },
  tls: true,
  server: 'home-assistant (Claude Desktop)',
  reported: 'EHOSTUNREACH',
};
const full = factsFrom({ question, seen: everything });

describe('a report', () => {
  it.each(['en', 'zh-Hant'] as const)('tells everything that was looked at, in %s', (language) => {
    const text = appTextIn(language);
    const { rows, text: markdown } = reportOf(full, text);
    expect(rows).toHaveLength(PROBE_COUNT);
    for (const { label, lines } of rows) {
      expect(markdown).toContain(label);
      for (const line of lines) expect(markdown).toContain(line);
    }
    for (const { what, why, steps } of reportOf(full, text).findings) {
      for (const sentence of [what, why, ...steps]) {
        expect(markdown).toContain(sentence);
        expect(sentence).not.toMatch(/undefined|null|NaN|\[object/);
      }
    }
  });

  it('names the rows to look for under Local Network, the client’s own first where its permission counts', () => {
    const stepsOf = (client: string): readonly string[] => {
      const server = { ...everything.server, client };
      const sights = { connect: everything.connect, interpreter: everything.interpreter, server };
      const { findings } = reportOf(factsFrom({ question, seen: sights }), en);
      return findings.find(({ id }) => id === 'client-blocked')?.steps ?? [];
    };
    expect(stepsOf('Codex')[0]).toContain('switch ChatGPT on');
    expect(stepsOf('Codex')[1]).toContain('(python3.12, uvx, home-assistant)');
    expect(stepsOf('Claude Desktop')[0]).toContain('(python3.12, uvx, home-assistant)');
    expect(stepsOf('Claude Desktop').join()).not.toContain('ChatGPT');
  });

  it('is Markdown that reads as plain text', () => {
    expect(reportOf(full, en).text).toMatch(
      /^# MCP Gangway .*: Doctor\n\n- Target: nas\.local:8443\n- Server: home-assistant \(Claude Desktop\)\n- Reported error: EHOSTUNREACH\n/,
    );
    expect(reportOf(full, en).text).toContain(
      '- **Connection from here**: 192.168.1.20 (local network, en0): connected in 2.1 ms\n',
    );
    expect(reportOf(full, en).text).toContain(
      '- **Gangway**\n  - running on port 28080 (0.1.0, process 4711)\n  - carried since its start: tunnels 1, requests 2, failures 3\n',
    );
  });

  it('puts full-width punctuation behind Chinese words, in the text and in a terminal', () => {
    const text = appTextIn('zh-Hant');
    const report = reportOf(full, text);
    const terminal = doctorView(report, text, { width: 100, colour: false });
    expect(report.text).toMatch(/^### 問題：/m);
    for (const shown of [report.text, terminal]) expect(shown).not.toMatch(/[\p{sc=Han}）」]\**(?:[:;,]| \()/u);
  });

  it('says that all is well only when there is no problem', () => {
    expect(reportOf(factsFrom({ question: { target: null } }), en)).toMatchObject({ verdict: 'well', findings: [] });
    expect(reportOf(factsFrom({ question: { target: null } }), en).text).toContain('Nothing wrong was found.');
    expect(reportOf(full, en).verdict).toBe('problem');
  });
});

describe('the JSON of a report', () => {
  const wrong = validatorOf('doctor.schema.json');

  it('is as its schema says, with everything known and with nothing', () => {
    expect(wrong(jsonReport(reportOf({ ...full, version: '0.1.0' }, en)))).toBeNull();
    expect(wrong(jsonReport(reportOf(factsFrom({ question: { target: null } }), en)))).toBeNull();
  });

  it.each<readonly [string, ProbeResults['gateway']]>([
    ['off', { kind: 'off', port: 1 }],
    ['token-required', { kind: 'token-required', port: 1 }],
    ['stranger', { kind: 'stranger', port: 1, holder: null, pid: null, free: 2 }],
  ])('is so with a gateway that is %s', (_name, gateway) => {
    expect(wrong(jsonReport(reportOf(factsFrom({ seen: { gateway } }), en)))).toBeNull();
  });

  it('is so for probes that saw nothing', () => {
    const seen = { ...full.seen, macos: { state: 'unknown', reason: 'timeout' }, vpns: { state: 'stopped' } } as const;
    expect(wrong(jsonReport(reportOf({ ...full, seen }, en)))).toBeNull();
  });

  it('would be refused with a fact that the schema does not know', () => {
    const report = jsonReport(reportOf(full, en));
    expect(wrong({ ...report, facts: { ...full.seen, weather: { state: 'seen', value: 'fine' } } })).not.toBeNull();
    expect(wrong({ ...report, schemaVersion: 2 })).not.toBeNull();
  });
});

describe('what is shown', () => {
  const clean = cleaner(new Redactor(['Tok-en-of-mine']), '/Users/ada');

  it('has no secret in it, and no home', () => {
    const facts = clean<Facts>({
      ...full,
      seen: {
        ...full.seen,
        copies: { state: 'seen', value: ['/Users/ada/Downloads/MCP Gangway.app', '/Users/adam/x.app', '/Users/ada'] },
        server: {
          state: 'seen',
          value: { ...everything.server, program: '/Users/ada/bin/mcp?token=Tok-en-of-mine', name: 'Tok-en-of-mine' },
        },
      },
    });
    const { text } = reportOf(facts, en);
    expect(text).toContain('~/Downloads/MCP Gangway.app');
    expect(text).toContain('/Users/adam/x.app');
    expect(text).not.toMatch(/\/Users\/ada\b/);
    expect(JSON.stringify(jsonReport(reportOf(facts, en)))).not.toContain('Tok-en-of-mine');
  });

  it('is otherwise left as it is', () => {
    expect(clean(full.seen.vpns)).toEqual(full.seen.vpns);
    expect(clean({ at: 1, is: true, none: null })).toEqual({ at: 1, is: true, none: null });
  });
});

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { columns, padded, wrapped } from '../../../app/cli/columns.ts';
import { doctorView } from '../../../app/cli/doctor.ts';
import { reportOf } from '../../../app/doctor/index.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { factsFrom } from '../../support/doctor-facts.ts';

const facts = factsFrom({
  question: { target: { host: 'nas.lan', port: 8123 } },
  seen: {
    connect: [
      {
        address: '192.168.1.20',
        way: { kind: 'on-link', interface: 'en0', router: null },
        outcome: 'failed',
        errno: 'EHOSTUNREACH',
        elapsedMs: 0.2,
        tries: 2,
      },
    ],
    extensions: [
      { bundleId: 'com.evil', name: 'Evil\u001b[2J\u202eX', team: '', version: '', state: '', enabled: true },
    ],
  },
});

describe.each(['en', 'zh-Hant'] as const)('a report in a terminal, in %s', (language) => {
  const text = appTextIn(language);
  const report = reportOf(facts, text);
  const view = doctorView(report, text, { width: 80, colour: true });

  it('keeps within the terminal', () => {
    for (const line of stripVTControlCharacters(view).split('\n')) expect(columns(line)).toBeLessThanOrEqual(80);
  });

  it('says the same without colours', () => {
    const plain = doctorView(report, text, { width: 80, colour: false });
    expect(plain).toBe(stripVTControlCharacters(view));
    expect(plain).not.toContain('\u001b');
  });

  it('lets nothing that strangers named command the terminal', () => {
    expect(view).toContain('Evil�[2J�X');
    for (const command of ['\u202e', '\u001b[2J']) expect(view).not.toContain(command);
  });

  it('breaks no line where the output is no terminal', () => {
    const whole = doctorView(report, text, { width: Number.POSITIVE_INFINITY, colour: false });
    for (const { what, why, steps } of report.findings.slice(0, 1)) {
      for (const sentence of [what, why, ...steps]) expect(whole).toContain(sentence);
    }
  });
});

describe('columns of a report', () => {
  it('count two for Chinese characters', () => {
    expect(columns('abc')).toBe(3);
    expect(columns('連線 ok')).toBe(7);
    expect(padded('連線', 6)).toBe('連線  ');
    expect(padded('longer', 3)).toBe('longer');
  });

  it.each([
    ['one two three', 8, ['one two', 'three']],
    ['averyveryverylongword here', 8, ['averyveryverylongword', 'here']],
    ['這台電腦拒絕，連線', 8, ['這台電腦', '拒絕，連', '線']],
    ['這台電腦拒絕，連線', 12, ['這台電腦拒', '絕，連線']],
    ['node：沒有、npx：沒有', 12, ['node：沒有、', 'npx：沒有']],
    ['', 10, ['']],
  ])('wrap %j at %i', (written, width, lines) => expect(wrapped(written, width)).toEqual(lines));
});

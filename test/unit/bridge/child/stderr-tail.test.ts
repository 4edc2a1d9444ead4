import { describe, expect, it } from 'vitest';
import { REDACTED, Redactor } from '../../../../app/log/index.ts';
import { StderrTail } from '../../../../app/servers/process/stderr-tail.ts';
import { rememberingLog } from '../../../support/quiet-log.ts';

const KNOWN = `sekret-value-${'777-of-the-nas'}`;
const BODY = `MIIEowIBAAKCAQEA${'x7Jk2'.repeat(9)}`;

function tail() {
  const { log, lines } = rememberingLog();
  const redactor = new Redactor([KNOWN]);
  const stderr = new StderrTail({ log, name: 'nas', redactor, between: (count) => `${count} between` });
  return { stderr, logged: () => lines.map(({ message }) => message) };
}

/** In one piece, byte by byte, and in pieces of a length that cuts through everything. */
const PIECES = [1_000_000, 1, 7];

describe('What a child writes to stderr', () => {
  const leaking: readonly (readonly [string, string, string])[] = [
    ['a known value', `using ${KNOWN} now\n`, KNOWN],
    ['a known value over two lines', `using ${KNOWN.slice(0, 12)}\n${KNOWN.slice(12)} now\n`, KNOWN.slice(14)],
    ['a token', `token=${'abc'}def123456\n`, 'def123456'],
    ['a value on the line after its name', '{\n  "password":\n    "hunter2secret"\n}\n', 'hunter2secret'],
    ['credentials on the line after their scheme', 'Authorization: Bearer\n  abcdef1234567890\n', 'abcdef1234567890'],
    [
      'a private key',
      `-----BEGIN ${'RSA '}PRIVATE KEY-----\n${BODY}\n${BODY}\nabc1==\n-----END ${'RSA '}PRIVATE KEY-----\n`,
      BODY,
    ],
    [
      'a private key behind the prefix of a logger',
      `INFO -----BEGIN ${''}PRIVATE KEY-----\nINFO ${BODY}\nINFO -----END ${''}PRIVATE KEY-----\n`,
      BODY,
    ],
    [
      'a wrapped token',
      `${'-'.repeat(50)} token gh${'p'}_${'aB3dE6gH9jK2mN5p'}\nqR8tU1wX4zA7cD0f left\n`,
      'qR8tU1wX4z',
    ],
    ['a secret without a line end', `password: hunter2secret`, 'hunter2secret'],
    ['a secret that the cut goes through', `${'x '.repeat(990)}password=${'s3cr3t'.repeat(100)}\n`, 's3cr3t'],
    ['a secret in colours', '\u001b[31mpassword=\u001b[0mhunter2secret\n', 'hunter2secret'],
  ];

  it.each(leaking)('shows no secret, however it is cut into pieces: %s', (_name, text, secret) => {
    for (const size of PIECES) {
      const { stderr, logged } = tail();
      for (let at = 0; at < text.length; at += size) stderr.push(text.slice(at, at + size));
      const before = stderr.lines();
      stderr.end();
      for (const shown of [before, stderr.lines(), logged()]) {
        expect(shown.join('\n')).not.toContain(secret);
        expect(shown.join('\n')).toContain(REDACTED);
      }
    }
  });

  it('is readable after a private key, and after one that never ends', () => {
    const { stderr } = tail();
    stderr.push(`-----BEGIN ${''}PRIVATE KEY-----\n${BODY}\nthe server at db.lan refused the key\nbye now\n`);
    expect(stderr.lines().slice(2)).toEqual(['the server at db.lan refused the key', 'bye now']);
  });

  it('keeps its first eight and last twelve lines, and says how many lay between', () => {
    const { stderr } = tail();
    for (let line = 1; line <= 20; line++) stderr.push(`line ${line}\n`);
    expect(stderr.lines()).toHaveLength(20);
    for (let line = 21; line <= 1000; line++) stderr.push(`line ${line}\n`);
    stderr.push('half a line');
    const lines = stderr.lines();
    expect(lines).toHaveLength(21);
    expect(lines.slice(0, 9)).toEqual([...Array.from({ length: 8 }, (_, at) => `line ${at + 1}`), '981 between']);
    expect(lines.slice(-2)).toEqual(['line 1000', 'half a line']);
  });

  it('reaches the log up to a rate; the rest is counted, and the end is kept without its secrets', () => {
    const { stderr, logged } = tail();
    const flood = `${'y'.repeat(199)}\n`.repeat(5000);
    for (let piece = 0; piece < 10; piece++) stderr.push(flood);
    stderr.push(`giving up: password=hunter2secret for ${KNOWN}\n`);
    stderr.push(`-----BEGIN ${''}PRIVATE KEY-----\n${BODY}\n`);
    stderr.end();
    const lines = logged();
    const leftOut = lines.map((line) => Number(/^(\d+) further lines of nas left out$/.exec(line)?.[1] ?? 0));
    const passed = lines.filter((line) => !line.includes('further lines'));
    expect(passed.length).toBeLessThan(600);
    expect(passed.length + leftOut.reduce((sum, count) => sum + count, 0)).toBe(50_003);
    expect(stderr.lines().slice(-3)).toEqual([`giving up: password=${REDACTED} for ${REDACTED}`, REDACTED, REDACTED]);
  });

  it('does not pile up in a line that never ends', () => {
    const { stderr, logged } = tail();
    for (let piece = 0; piece < 1000; piece++) stderr.push('z'.repeat(10_000));
    stderr.push('\n');
    expect(logged()).toHaveLength(1);
    expect(logged()[0]?.length).toBeLessThanOrEqual(2000);
  });
});

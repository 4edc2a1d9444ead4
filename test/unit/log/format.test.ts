import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { consoleLine, jsonLine, LogEntry } from '../../../app/log/index.ts';

const AT = new Date(2026, 10, 22, 5, 38, 7).getTime();

function failed(message = '192.168.1.20:8123 - No route to host (EHOSTUNREACH) Nobody answered.') {
  return new LogEntry(AT, 'error', 'proxy', message, { status: 502, client: 'my server', port: undefined });
}

describe('a line for people', () => {
  it('keeps the shape that people search for', () => {
    expect(consoleLine(failed(), false)).toBe(
      '2026-11-22 05:38:07 [ERROR] 192.168.1.20:8123 - No route to host (EHOSTUNREACH) Nobody answered.  proxy status=502 client="my server"',
    );
  });

  it('of the program itself has no tail', () => {
    expect(consoleLine(new LogEntry(AT, 'info', '', 'Listening.', {}), false)).toBe(
      '2026-11-22 05:38:07 [INFO] Listening.',
    );
  });

  it('is the same in colour, colours aside', () => {
    const coloured = consoleLine(failed(), true);
    expect(coloured).toContain('\u001b[31m[ERROR]\u001b[0m 192.168.1.20');
    expect(stripVTControlCharacters(coloured)).toBe(consoleLine(failed(), false));
  });

  it('spells out characters that would move the cursor, ring the bell or turn the writing around', () => {
    const line = consoleLine(failed('evil\u001b[2J\u0007\u009b31m\u202egnp.exe\r'), false);
    expect(line).toContain(String.raw`evil\u001b[2J\u0007\u009b31m\u202egnp.exe\u000d`);
  });

  it('indents further lines, so that none looks like the start of an entry', () => {
    const line = consoleLine(failed('first\n2026-11-22 05:38:07 [INFO] fake\r\nthird\tcolumn'), false);
    expect(line).toContain('first\n    2026-11-22 05:38:07 [INFO] fake\n    third\tcolumn');
  });
});

describe('a line for programs', () => {
  it('is one JSON object with UTC time', () => {
    const line = jsonLine(failed('two\nlines'));
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      time: new Date(AT).toISOString(),
      level: 'error',
      source: 'proxy',
      message: 'two\nlines',
      fields: { status: 502, client: 'my server' },
    });
  });

  it('keeps what is always there, whatever the fields are called', () => {
    const line = jsonLine(new LogEntry(AT, 'warn', 'x', 'm', { level: 'debug', message: 'other' }));
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', message: 'm', fields: { level: 'debug' } });
  });
});

import { describe, expect, it } from 'vitest';
import { maskedJson } from '../../../app/inspect/mask.ts';
import { REDACTED, Redactor } from '../../../app/log/redact.ts';
import { RedactedLines } from '../../../app/log/redacted-lines.ts';
import { processorTime } from '../../support/processor-time.ts';

const hex = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('hex');
const pairs = (text: string) => hex(text).match(/../g) ?? [];
const each = (text: string, write: (code: number) => string) =>
  [...Buffer.from(text)].map((byte) => write(byte)).join('');
const signs = (text: string, write: (code: number) => string) =>
  text.replace(/[^\w]/g, (sign) => write(sign.charCodeAt(0)));
const base64 = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64');

/** The ways of programs and languages to write one text. */
const SPELLINGS: Readonly<Record<string, (secret: string) => string>> = {
  'upper case': (secret) => secret.toUpperCase(),
  'lower case': (secret) => secret.toLowerCase(),
  hex: (secret) => hex(secret),
  'hex in capitals': (secret) => hex(secret).toUpperCase(),
  'hex with colons': (secret) => pairs(secret).join(':'),
  'a Buffer as Node prints it': (secret) => `<Buffer ${pairs(secret).join(' ')}>`,
  'bytes of C': (secret) =>
    pairs(secret)
      .map((pair) => `0x${pair}`)
      .join(', '),
  'bytes of Python': (secret) =>
    pairs(secret)
      .map((pair) => `\\x${pair}`)
      .join(''),
  'bytes as decimals': (secret) => [...Buffer.from(secret)].join(', '),
  'base64 of UTF-16': (secret) => base64(secret, 'utf16le'),
  'base64 of base64': (secret) => base64(base64(secret)),
  'base64 in a longer text': (secret) => base64(`user:${secret}:x`),
  'percent, all of it': (secret) => each(secret, (byte) => `%${byte.toString(16).padStart(2, '0')}`),
  'percent twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'HTML in decimals': (secret) => signs(secret, (code) => `&#${code};`),
  'HTML in hex': (secret) => signs(secret, (code) => `&#x${code.toString(16)};`),
  'JSON in ASCII': (secret) => signs(secret, (code) => `\\u${code.toString(16).padStart(4, '0')}`),
  'JSON in JSON': (secret) => signs(secret, (code) => `\\\\u${code.toString(16).padStart(4, '0')}`),
  'a shell': (secret) => secret.replace(/[^\w.-]/g, '\\$&'),
  'octal escapes': (secret) => each(secret, (byte) => `\\${byte.toString(8).padStart(3, '0')}`),
  'a colour within': (secret) => `${secret.slice(0, 5)}\x1b[31m${secret.slice(5)}`,
  'another sequence of a terminal within': (secret) => `${secret.slice(0, 5)}\x1b[K${secret.slice(5)}`,
  'a link of a terminal within': (secret) => `${secret.slice(0, 5)}\x1b]8;;\x07${secret.slice(5)}`,
  'an invisible character within': (secret) => `${secret.slice(0, 5)}\u200b${secret.slice(5)}`,
  'accents decomposed': (secret) => secret.normalize('NFD'),
};

const SECRETS = ['kW9$x.Tq(7Lm+z[Pb*', 'correct-horse-battery7', 'Zürich7!pass', String.raw`a\nb%41"c'd9`];

describe('a secret that is known', () => {
  it.each(SECRETS.flatMap((secret) => Object.keys(SPELLINGS).map((name) => [secret, name] as const)))(
    'comes out nowhere: %s, in %s',
    (secret, name) => {
      const redactor = new Redactor([secret]);
      const written = SPELLINGS[name]?.(secret) ?? '';
      const line = `saw «${written}» here`;
      const wanted = /^saw «(?:<Buffer )?(?:[\w/+=]{0,12}|0x)\[redacted\][\w/+=]{0,12}>?» here$/;
      expect(redactor.text(line)).toMatch(wanted);
      expect(new RedactedLines(redactor).line(line)).toMatch(wanted);
      expect(JSON.parse(maskedJson(JSON.stringify({ text: line }), redactor).text).text).toMatch(wanted);
    },
  );

  it('comes out of no base64 that is broken into lines', () => {
    const redactor = new Redactor(['correct-horse-battery7']);
    const lines = base64(`${'x'.repeat(50)}correct-horse-battery7${'y'.repeat(50)}`).replace(/.{76}/g, '$&\r\n');
    expect(redactor.whole(lines)).toContain(REDACTED);
    expect(redactor.whole(lines)).not.toMatch(/Y29ycmVj|aG9yc2Ut|YmF0dGVy/);
    for (const end of ['\\r\\n', ' \n \\n ', '\n\n  ', ' \\n']) {
      const shown = redactor.whole(lines.replaceAll('\r\n', end));
      expect(shown).not.toMatch(/Y29ycmVj|aG9yc2Ut|YmF0dGVy/);
    }
    const blanks = `${'A'.repeat(16)}\nB${' '.repeat(64_000)}x`;
    expect(processorTime(() => redactor.whole(blanks))).toBeLessThan(1000);
  });

  it('comes out of no list of bytes in JSON', () => {
    const redactor = new Redactor(['correct-horse-battery7']);
    const json = JSON.stringify({ body: Buffer.from('pass correct-horse-battery7'), sizes: [1, 2, 3] });
    expect(maskedJson(json, redactor).text).toBe(`{"body":{"type":"Buffer","data":["${REDACTED}"]},"sizes":[1,2,3]}`);
  });

  it.each([
    ['homeassistant', 'HomeAssistant starts'],
    ['12345678901234567', '01 23 45 67 89 01 23 45 67 in hex'],
    ['correct-horse-battery7', 'correct horse, battery 7: 50% of C:\\new\\table &amp; more'],
    ['Zürich7!pass', 'Zürich has 7 passes'],
  ])('takes nothing else along: %s in %s', (secret, text) => {
    expect(new Redactor([secret]).text(text)).toBe(text);
  });

  it.each([
    ['\x1b[33m', ''],
    ['\\u001b[33m', ''],
    ['{"out":"line\\n', '"}'],
    ['https://nas.lan/?q=%22', '%22'],
    ['https://nas.lan/?q=a%20', ''],
    ['<b>&#34;', '&#34;</b>'],
  ])('is known by its shape behind an escape too: %j', (before, after) => {
    const token = `ghp${'_'}aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5`;
    expect(new Redactor().text(`${before}${token}${after}`)).not.toContain('aB3dE5fG');
  });

  it.each([
    '%22api_key%22%3A%22hunter2secret99%22',
    String.raw`\u0022password\u0022:\u0022hunter2secret99\u0022`,
    '&quot;password&quot;:&quot;hunter2secret99&quot;',
    '\x1b[1mpassword\x1b[0m: \x1b[33mhunter2secret99\x1b[0m',
    String.raw`postgres:\/\/admin:hunter2secret99@db.lan\/x`,
    'postgres%3A%2F%2Fadmin%3Ahunter2secret99%40db.lan',
    'p\u200bassword=hunter2secret99',
  ])('is known by its name behind an escape too: %s', (text) => {
    expect(new Redactor().text(text)).not.toContain('hunter2');
  });

  it('adds no line to a text whose escapes are resolved', () => {
    expect(
      new Redactor().text(String.raw`{"a":"x\n2026-11-30 [ERROR] y","t":\"%22token%22%3A%22hunter2secret99%22"`),
    ).not.toMatch(/\p{Cc}/u);
  });

  it('stays a certificate where it is one, and is a private key where it is one, in base64', () => {
    const key = base64(`-----BEGIN PRIVATE KEY-----\n${'MIIEowIBAAKC'.repeat(9)}`);
    const certificate = base64(`-----BEGIN CERTIFICATE-----\n${'MIIEowIBAAKC'.repeat(9)}`);
    expect(new Redactor().text(`x ${key} y`)).toBe(`x ${REDACTED} y`);
    expect(new Redactor().text(`x ${certificate} y`)).toBe(`x ${certificate} y`);
  });
});

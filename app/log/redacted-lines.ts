import { REDACTED, type Redactor } from './redact.ts';
import { isSecretValue, looksRandom, strengthOf } from './secret-names.ts';

/** Characters of one line that are kept; a longer one is cut. */
const LINE_CHARACTERS = 2000;

/** Characters that are searched, so that a secret is found although the cut goes through it. */
export const RAW_CHARACTERS = 2 * LINE_CHARACTERS + 96;

const PEM_BEGIN = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/;
const PEM_END = '-----END ';
/** The body of a private key, behind whatever a logger writes in front of each line. */
const PEM_BODY =
  /(?:^|\s)[A-Za-z0-9+/]{32,}={0,2}\s*$|^\s*[A-Za-z0-9+/]{1,80}={0,2}\s*$|^\s*$|^\s*(?:Proc-Type|DEK-Info):/;

/** A name at the end of a line whose value is on the next one: `"token":`, `password =`, `Authorization: Bearer`. */
const OPEN_NAME = /([A-Za-z_$][\w.$-]{0,60})["']?\s{0,4}(?:[:=：]|=>)\s{0,4}(?:(?:Bearer|Basic|Token)\s{0,4})?$/i;
const LONE_VALUE = /^(\s*)(["']?)([^\s"']{4,2000})(["']?[,;]?\s*)$/;

/** A line this long that ends in a secret may have been wrapped by its writer; the rest of the secret begins the next one. */
const WRAPPED = 60;

/**
 * Takes the secrets out of a text that comes line by line, those that stretch over several lines included: private keys,
 * values on the line after their name, secrets that were wrapped.
 */
export class RedactedLines {
  readonly #redactor: Redactor;
  #inKey = false;
  /** The line before, as it came, and what it became. */
  #before = '';
  #beforeClean = '';

  /** `inKey`: it begins in the middle of a private key. */
  constructor(redactor: Redactor, inKey = false) {
    this.#redactor = redactor;
    this.#inKey = inKey;
  }

  /** The next line without secrets and without control characters, at most `LINE_CHARACTERS` long. */
  line(raw: string): string {
    const printed = printable(raw);
    const wasInKey = this.#inKey;
    this.pass(raw);
    const clean = wasInKey && PEM_BODY.test(raw) ? REDACTED : this.#clean(printed);
    this.#before = printed;
    this.#beforeClean = clean;
    return clean;
  }

  /** Takes note of a line that is not shown: only the beginning and the end of a private key matter. */
  pass(raw: string): void {
    if (this.#inKey && (raw.includes(PEM_END) || !PEM_BODY.test(raw))) this.#inKey = false;
    if (raw.includes('-----BEGIN ') && PEM_BEGIN.test(raw)) {
      this.#inKey = raw.lastIndexOf(PEM_END) < raw.lastIndexOf('-----BEGIN ');
    }
  }

  /** Whether the next line belongs to a private key. */
  get inKey(): boolean {
    return this.#inKey;
  }

  #clean(printed: string): string {
    const whole = this.#redactor.halves(this.#before, printed);
    let clean = this.#redactor.whole(this.#continued(whole));
    if (printed.length >= RAW_CHARACTERS) clean = clean.slice(0, -LINE_CHARACTERS);
    return clean.slice(0, LINE_CHARACTERS).trim();
  }

  /** The line without what belongs to the end of the line before. */
  #continued(line: string): string {
    const [, name = ''] = OPEN_NAME.exec(this.#before.slice(-120)) ?? [];
    const [, indent = '', quote = '', value = '', rest = ''] = name === '' ? [] : (LONE_VALUE.exec(line) ?? []);
    if (value !== '' && isOpenValue(name, value, quote !== '')) return `${indent}${quote}${REDACTED}${rest}`;
    if (this.#before.length < WRAPPED || !this.#beforeClean.endsWith(REDACTED)) return line;
    const [run = ''] = /^[\w+/=.~-]{6,400}/.exec(line) ?? [];
    return run !== '' && looksRandom(run) ? REDACTED + line.slice(run.length) : line;
  }
}

function isOpenValue(name: string, value: string, quoted: boolean): boolean {
  const strength = /^authorization$/i.test(name) ? 'strong' : strengthOf(name);
  if (strength === 'none') return false;
  return quoted ? isSecretValue(value, strength, true, '') : looksRandom(value);
}

/** Those of ECMA-48, with ESC or as one character, links and titles of terminals, and character sets. */
const SEQUENCE = String.raw`(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,4}[@-~]`;
const LINK = String.raw`\x1b\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)?`;
const CONTROL_SEQUENCES = new RegExp(`${SEQUENCE}|${LINK}|\\x1b[()][0-9A-B]`, 'g');

/** Without colours and control characters: the line ends up in a log and in other people's error messages. */
function printable(line: string): string {
  return line
    .replace(CONTROL_SEQUENCES, '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
}

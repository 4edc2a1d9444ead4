import type { JsonRpcId } from './frame.ts';
import { stringAt } from './json-scan.ts';

/** Digits up to which the value of an id is worked out exactly; no counter or key is longer. */
const LONGEST = 500;

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * The id that stands in the JSON text from `from` to `to`, as it compares: null when it is neither string nor number, or longer than
 * any real one. Integers beyond 2^53 are bigints, so two of them never become one.
 */
export function idFrom(json: Buffer, from: number, to: number): JsonRpcId {
  if (json[from] === 0x22) return stringAt(json, from, to)?.toWellFormed() ?? null;
  const length = to - from;
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = (json[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || length > 15)
      return numberIn(json.toString('latin1', from, Math.min(to, from + LONGEST + 1)));
    number = number * 10 + digit;
  }
  return length === 0 ? null : number;
}

/** The id as JSON text. */
export function idText(id: JsonRpcId): string {
  return typeof id === 'bigint' ? String(id) : JSON.stringify(id);
}

/** Whether a number is written as JSON.stringify writes it: typed clients that asked under 1 do not read 1.0 or 1e0 as their id. */
export function isPlainNumber(id: JsonRpcId, from: number, to: number): boolean {
  return typeof id === 'string' || id === null || to - from === String(id).length;
}

/**
 * The one id among those waited for that an answer under `answered` can mean: itself, else the same digits as the other JSON type.
 * Some servers keep ids as strings, others make numbers of them. Undefined when there is none.
 */
export function meantId(answered: JsonRpcId, isWaiting: (id: JsonRpcId) => boolean): JsonRpcId | undefined {
  if (isWaiting(answered)) return answered;
  if (typeof answered === 'number' || typeof answered === 'bigint') {
    return isWaiting(String(answered)) ? String(answered) : undefined;
  }
  if (answered === null) return undefined;
  const number = numberIn(answered.trim());
  return number !== null && isWaiting(number) ? number : undefined;
}

function numberIn(text: string): number | bigint | null {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === '' || text.length > LONGEST) return null;
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
  const shift = Number(exponent) - fraction.length;
  const value = Number(text);
  if (Number.isSafeInteger(value) || shift < -LONGEST || shift + digits.length > LONGEST) {
    return Number.isFinite(value) ? value : null;
  }
  if (shift >= 0) return BigInt(`${sign}${digits}${'0'.repeat(shift)}`);
  const rest = digits.slice(shift);
  return /^0*$/.test(rest) ? BigInt(`${sign}${digits.slice(0, shift) || '0'}`) : value;
}

/** A resource record of a multicast DNS answer, as far as it matters here. */
export type DnsRecord =
  | { readonly type: 'PTR'; readonly name: string; readonly target: string }
  | { readonly type: 'SRV'; readonly name: string; readonly port: number; readonly target: string }
  | { readonly type: 'TXT'; readonly name: string; readonly texts: readonly string[] }
  | { readonly type: 'A'; readonly name: string; readonly address: string };

const TYPES = { A: 1, PTR: 12, TXT: 16, SRV: 33 } as const;
/** Internet, with the bit that asks for an answer to the sender alone (RFC 6762 section 5.4). */
const CLASS_IN_UNICAST = 0x8001;
const HEADER = 12;
const LONGEST_LABEL = 63;
const LONGEST_NAME = 255;
/** Records that are read of one answer, whatever its counts say. */
const MOST_RECORDS = 256;
/** Pointers that one name may follow (RFC 1035 section 4.1.4): each leads further to the front, so that none goes round. */
const MOST_POINTERS = 32;

/** A one-shot question for the instances of a service, such as `_home-assistant._tcp.local` (RFC 6763 section 4.1). */
export function serviceQuery(service: string): Buffer {
  const labels = service.split('.').map((label) => Buffer.from(label, 'utf8'));
  if (labels.some(({ length }) => length === 0 || length > LONGEST_LABEL)) throw new Error('no name of a service');
  const question = Buffer.alloc(4);
  question.writeUInt16BE(TYPES.PTR, 0);
  question.writeUInt16BE(CLASS_IN_UNICAST, 2);
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(1, 4);
  const name = labels.flatMap((label) => [Buffer.from([label.length]), label]);
  return Buffer.concat([header, ...name, Buffer.from([0]), question]);
}

/** The records of an answer; empty for anything that is none, or that breaks off or contradicts itself. */
export function recordsIn(message: Buffer): readonly DnsRecord[] {
  try {
    return read(message);
  } catch (error) {
    // Lengths that lead beyond the end: Node's readers throw it, and so does `nameAt`.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function read(message: Buffer): readonly DnsRecord[] {
  const isAnswer = message.length >= HEADER && (message.readUInt8(2) & 0x80) !== 0;
  if (!isAnswer) return [];
  const [questions, ...counts] = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  let at = HEADER;
  for (let left = Math.min(questions ?? 0, MOST_RECORDS); left > 0; left--) at = nameAt(message, at).end + 4;
  const records: DnsRecord[] = [];
  const total = counts.reduce((sum, count) => sum + count, 0);
  for (let left = Math.min(total, MOST_RECORDS); left > 0; left--) {
    const { name, end } = nameAt(message, at);
    const type = message.readUInt16BE(end);
    const length = message.readUInt16BE(end + 8);
    const start = end + 10;
    if (start + length > message.length) throw new RangeError('data beyond the end');
    const record = recordFrom(message, name, type, start, length);
    if (record !== null) records.push(record);
    at = start + length;
  }
  return records;
}

function recordFrom(message: Buffer, name: string, type: number, at: number, length: number): DnsRecord | null {
  switch (type) {
    case TYPES.PTR:
      return { type: 'PTR', name, target: nameAt(message, at).name };
    case TYPES.SRV:
      return { type: 'SRV', name, port: message.readUInt16BE(at + 4), target: nameAt(message, at + 6).name };
    case TYPES.TXT:
      return { type: 'TXT', name, texts: textsIn(message.subarray(at, at + length)) };
    case TYPES.A:
      return length === 4 ? { type: 'A', name, address: [...message.subarray(at, at + 4)].join('.') } : null;
    default:
      return null;
  }
}

/** Strings, each behind its length. */
function textsIn(data: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < data.length; at += 1 + data.readUInt8(at)) {
    const end = at + 1 + data.readUInt8(at);
    if (end > data.length) throw new RangeError('a text beyond the end');
    texts.push(data.toString('utf8', at + 1, end));
  }
  return texts;
}

/** A name with its labels joined by dots, and where it ends; dots and backslashes within a label are escaped. */
function nameAt(message: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | null = null;
  let length = 0;
  let pointers = 0;
  for (;;) {
    const size = message.readUInt8(at);
    if (size === 0) return { name: labels.join('.'), end: end ?? at + 1 };
    if ((size & 0xc0) === 0xc0) {
      const target = message.readUInt16BE(at) & 0x3fff;
      end ??= at + 2;
      if (target >= at || ++pointers > MOST_POINTERS) throw new RangeError('a pointer that leads nowhere');
      at = target;
      continue;
    }
    length += size + 1;
    if (size > LONGEST_LABEL || length > LONGEST_NAME || at + 1 + size > message.length) {
      throw new RangeError('a name beyond its bounds');
    }
    labels.push(message.toString('utf8', at + 1, at + 1 + size).replace(/[.\\]/g, '\\$&'));
    at += size + 1;
  }
}

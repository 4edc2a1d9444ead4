/** Where multicast DNS is spoken (RFC 6762 section 3). */
export const MDNS_PORT = 5353;
export const MDNS_GROUP_4 = '224.0.0.251';
export const MDNS_GROUP_6 = 'ff02::fb';

const HEADER_BYTES = 12;
const TYPE_PTR = 12;
const CLASS_IN = 1;
const IS_RESPONSE = 0x8000;

/**
 * A multicast DNS question for everything that offers `service`, such as `_http._tcp`. Sent from a port other than 5353 it is
 * answered to that port alone (RFC 6762 section 6.7), so that nobody has to share 5353 with the system.
 */
export function browseQuestion(service: string): Buffer {
  const labels = `${service}.local`.split('.').map((label) => Buffer.from(label, 'latin1'));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(1, 4);
  const end = Buffer.alloc(5);
  end.writeUInt16BE(TYPE_PTR, 1);
  end.writeUInt16BE(CLASS_IN, 3);
  return Buffer.concat([header, ...labels.flatMap((label) => [Buffer.of(label.length), label]), end]);
}

/** Whether a datagram is an answer of any kind: somebody there has heard us. */
export function isAnswer(datagram: Buffer): boolean {
  return datagram.length >= HEADER_BYTES && (datagram.readUInt16BE(2) & IS_RESPONSE) !== 0;
}

import type { Transform } from 'node:stream';

/** Bytes of decoded content up to which nothing is said of how well it was compressed. */
const SMALL = 8 * 1024 * 1024;

/** Deflate makes at most a thousand bytes of one; text is a tenth of that. */
const BOMB = 200;

export interface DecoderListener {
  /** A piece of decoded content. */
  content(bytes: Buffer): void;
  /** All has been decoded. Called once, last; or `failed` is. */
  complete(): void;
  /** What came is not in that coding, or is a bomb: far more than anything worth sending. */
  failed(): void;
  /** There is room for more. */
  drained(): void;
}

/** What servers write into Content-Encoding that changes no byte: mostly the charset, in the wrong field. Fetch and httpx pass over it, too. */
const UNCODED = new Set([
  '',
  'identity',
  'none',
  'binary',
  '8bit',
  'utf-8',
  'utf8',
  'us-ascii',
  'iso-8859-1',
  'aws-chunked',
]);

/** What is to be decoded of content with that Content-Encoding: the name of a coding, several as a list, empty for none. */
export function codingOf(field: string): string {
  const names = field.toLowerCase().split(',');
  return names
    .map((name) => name.trim())
    .filter((name) => !UNCODED.has(name))
    .join(', ');
}

/** The codings that can be decoded here; some servers compress whatever they are asked for (RFC 9110 section 8.4.1). */
export function isDecodable(coding: string): boolean {
  // Node has Zstandard since 22.15.
  if (coding === 'zstd') return 'createZstdDecompress' in process.getBuiltinModule('node:zlib');
  return coding === 'gzip' || coding === 'x-gzip' || coding === 'deflate' || coding === 'br';
}

/** Decodes the content of one answer as it comes, so that the events of a stream are told when they are there. */
export class ContentDecoder {
  readonly #coding: string;
  readonly #listener: DecoderListener;
  #stream: Transform | null = null;
  #encoded = 0;
  #decoded = 0;
  #isOver = false;
  #isPaused = false;

  constructor(coding: string, listener: DecoderListener) {
    this.#coding = coding;
    this.#listener = listener;
  }

  /** False when there is enough for now; `drained` follows. */
  write(bytes: Buffer): boolean {
    if (this.#isOver || bytes.length === 0) return true;
    this.#stream ??= this.#open(bytes);
    this.#encoded += bytes.length;
    // The view that comes in holds during the call only.
    return this.#stream.write(Buffer.from(bytes));
  }

  /** The content has come to its end. */
  end(): void {
    if (this.#stream === null) this.#settle(() => this.#listener.complete());
    else this.#stream.end();
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#stream?.resume();
  }

  /** The listener hears nothing more. */
  destroy(): void {
    this.#isOver = true;
    this.#stream?.destroy();
  }

  #open(first: Buffer): Transform {
    const zlib = process.getBuiltinModule('node:zlib');
    const stream = decoderOf(zlib, this.#coding, first);
    stream.on('data', (bytes: Buffer) => {
      this.#decoded += bytes.length;
      if (this.#decoded > SMALL && this.#decoded > BOMB * this.#encoded) this.#fail();
      else if (!this.#isOver) this.#listener.content(bytes);
    });
    stream.once('end', () => this.#settle(() => this.#listener.complete()));
    stream.once('error', () => this.#fail());
    stream.on('drain', () => {
      if (!this.#isOver) this.#listener.drained();
    });
    if (this.#isPaused) stream.pause();
    return stream;
  }

  #fail(): void {
    this.#settle(() => this.#listener.failed());
  }

  #settle(then: () => void): void {
    if (this.#isOver) return;
    this.destroy();
    then();
  }
}

function decoderOf(zlib: typeof import('node:zlib'), coding: string, first: Buffer): Transform {
  switch (coding) {
    case 'br':
      return zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH });
    case 'zstd':
      return zlib.createZstdDecompress();
    case 'deflate':
      // Meant is the format of zlib (RFC 1950); many send the bare one (RFC 1951).
      return ((first[0] ?? 0) & 0x0f) === 8
        ? zlib.createInflate({ flush: zlib.constants.Z_SYNC_FLUSH })
        : zlib.createInflateRaw({ flush: zlib.constants.Z_SYNC_FLUSH });
    default:
      return zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH });
  }
}

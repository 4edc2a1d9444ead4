import type { IncomingMessage, ServerResponse } from 'node:http';
import { fieldKind, listedFields, type ResponseHead, trailersToPass } from '../../dial/http/index.ts';
import { reset } from '../socket-close.ts';

/** An origin's answer on its way to the client: as it comes, in the client's version of HTTP, no faster than it reads. */
export class ClientResponse {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #pseudonym: string;
  /** What the read under way has brought. */
  #content: Buffer[] = [];
  #begun = false;
  #headSent = false;

  constructor(req: IncomingMessage, res: ServerResponse, pseudonym: string) {
    this.#req = req;
    this.#res = res;
    this.#pseudonym = pseudonym;
  }

  /** Whether the final answer has begun: nothing else can be answered then. */
  get begun(): boolean {
    return this.#begun;
  }

  /**
   * A 1xx answer; a client of HTTP/1.0 would take it for the final one (RFC 9110 section 15.2). False when the client does
   * not keep up; its socket emits 'drain' when it has.
   */
  interim(head: ResponseHead): boolean {
    if (this.#req.httpVersionMinor === 0) return true;
    const client = this.#res.socket;
    // Node closes the connection behind an expectation unless it has written the 100 itself.
    if (head.status === 100 && this.#req.headers.expect !== undefined) this.#res.writeContinue();
    else client?.write(interimResponse(head, this.#pseudonym), 'latin1');
    return client?.writableNeedDrain !== true;
  }

  /**
   * The final answer begins. `last` closes the client's connection behind it. With `sessionBased`, it learns that its
   * connection has one of its own to the origin, without which it must not authenticate a connection (RFC 4559 section 6).
   */
  begin(head: ResponseHead, last: boolean, sessionBased: boolean): void {
    const res = this.#res;
    const modern = this.#req.httpVersionMinor === 1;
    this.#begun = true;
    if (last) res.shouldKeepAlive = false;
    // HTTP/1.1 stays open by default: Node need not write Connection, nor add a Keep-Alive. After a FIN the field stays: Node
    // keeps there whether this is the last answer.
    else if (modern && res.shouldKeepAlive && res.socket?.readableEnded === false) res.removeHeader('Connection');
    const chunked = modern && (head.framing === 'chunked' || head.framing === 'close');
    const fields = responseFields(head, this.#pseudonym, chunked);
    if (sessionBased) fields.unshift('Proxy-Support', 'Session-Based-Authentication');
    res.writeHead(head.status, head.reason, fields);
  }

  /** A piece of content; the bytes need hold only until the next `flush`, `end` or `cutOff`. */
  content(bytes: Buffer): void {
    this.#content.push(bytes);
  }

  /** Writes what there is. False when the client does not keep up; its response emits 'drain' when it has. */
  flush(): boolean {
    if (!this.#begun) return true;
    const content = this.#takeContent();
    if (content === null && !this.#headSent) this.#res.flushHeaders();
    this.#headSent = true;
    return content === null || this.#res.write(content);
  }

  /** The answer is complete. `last` closes the client's connection behind it, even if its head promised otherwise. */
  end(trailers: readonly string[], last: boolean): void {
    const res = this.#res;
    if (last) {
      const client = res.socket;
      res.once('finish', () => client?.destroySoon());
    }
    if (trailers.length > 0) res.addTrailers(trailersToPass(trailers));
    const content = this.#takeContent();
    if (content === null) res.end();
    else res.end(content);
  }

  /**
   * The rest will not come, and the client must see that: chunks miss the last one, a length is not reached. Where
   * only the end of the connection would show it, it is a reset (RFC 9112 section 8).
   */
  cutOff(): void {
    const client = this.#res.socket;
    if (client === null) return;
    this.flush();
    if (this.#req.httpVersionMinor === 0) reset(client);
    else client.destroySoon();
  }

  /** The bytes are borrowed from the connection, and Node keeps what it can not send at once: a copy, and just one. */
  #takeContent(): Buffer | null {
    const [first] = this.#content;
    if (first === undefined) return null;
    const copy = this.#content.length === 1 ? Buffer.from(first) : Buffer.concat(this.#content);
    this.#content = [];
    return copy;
  }
}

/**
 * The fields of an answer as they go to the client: hop-by-hop fields and those of other proxies taken out, Via added,
 * the rest in order and case as it came, repeated lines (Set-Cookie) apart. Name, value, name, value, …
 * The writer adds the framing; only a Content-Length that describes content is kept, and it comes last.
 */
export function responseFields(head: ResponseHead, pseudonym: string, keepTrailerField: boolean): string[] {
  const listed = head.connection === '' ? null : listedFields(head.connection);
  const raw = head.fields;
  const fields: string[] = [];
  let via = '';
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    switch (fieldKind(name)) {
      case 'content-length':
        continue;
      case 'via':
        via += `${value}, `;
        continue;
      case 'trailer':
        if (!keepTrailerField) continue;
        break;
      case 'plain':
      case 'expect':
      case 'host':
      case 'max-forwards':
      case 'proxy-status':
        break;
      default:
        continue;
    }
    if (listed?.has(name.toLowerCase())) continue;
    fields.push(name, value);
  }
  fields.push('Via', `${via}1.${head.minor} ${pseudonym}`);
  // A 204 must not carry the field (RFC 9110 section 8.6). Behind it Node recodes a Content-Disposition: it comes last.
  if (head.contentLength !== null && head.status !== 204) fields.push('Content-Length', String(head.contentLength));
  return fields;
}

/** A 1xx answer as it goes to the client (RFC 9110 section 15.2). */
function interimResponse(head: ResponseHead, pseudonym: string): string {
  const fields = responseFields(head, pseudonym, false);
  let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
  for (let index = 0; index < fields.length; index += 2) {
    if (fieldKind(fields[index] ?? '') !== 'content-length') text += `${fields[index]}: ${fields[index + 1]}\r\n`;
  }
  return `${text}\r\n`;
}

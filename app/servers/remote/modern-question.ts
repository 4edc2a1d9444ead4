import manifest from '../../../package.json' with { type: 'json' };
import { faceFromDiscover, META, MODERN_REVISION, messageText, type ServerFace } from '../../mcp/index.ts';
import { type RequestFrame, type ResponseFrame, resultIn } from '../../mcp/jsonrpc/index.ts';
import type { Channel } from './channel.ts';
import type { RemoteFault } from './end.ts';

/** Milliseconds the answer may take. */
const ANSWER = 30_000;

/** What a server is that was asked; the fault where it is not modern, or did not say. */
export type ModernAnswer = { readonly face: ServerFace } | { readonly fault: RemoteFault };

/**
 * `server/discover` in our own name, to a server that may know the modern revision only (2026-07-28 basic/versioning). A server with
 * a URL takes no harm from a question that it does not know.
 */
export class ModernQuestion {
  readonly request: RequestFrame;
  readonly #refusal: RemoteFault;
  readonly #timer: NodeJS.Timeout;
  #told: ((answer: ModernAnswer) => void) | null;

  /** `refusal` is why it is asked at all, and what is told where it turns out not to be modern. `told` is called once. */
  constructor(id: string, channel: Channel, refusal: RemoteFault, told: (answer: ModernAnswer) => void) {
    const method = 'server/discover';
    const _meta = {
      [META.protocolVersion]: MODERN_REVISION,
      [META.clientInfo]: { name: 'mcp-gangway', version: manifest.version },
      [META.clientCapabilities]: {},
    };
    this.request = { kind: 'request', id, method, bytes: messageText({ id, method, params: { _meta } }) };
    this.#refusal = refusal;
    this.#told = told;
    this.#timer = setTimeout(() => this.#tell({ fault: refusal }), ANSWER);
    channel.send(this.request);
  }

  answered(answer: ResponseFrame): void {
    const face = faceFromDiscover(resultIn(answer.bytes));
    this.#tell(face === null ? { fault: this.#refusal } : { face });
  }

  /** `isAnswer` says that the server itself has refused the question. */
  failed(fault: RemoteFault, isAnswer = false): void {
    this.#tell({ fault: isAnswer ? this.#refusal : fault });
  }

  /** Nothing is waited for any more. */
  over(): void {
    clearTimeout(this.#timer);
    this.#told = null;
  }

  #tell(answer: ModernAnswer): void {
    const told = this.#told;
    this.over();
    told?.(answer);
  }
}

import type { BoundedWarnings } from '../../log/index.ts';
import { idText, type ResponseFrame } from '../../mcp/jsonrpc/index.ts';

/** Characters of an id, and of an error's message, that are shown. */
const ID_SHOWN = 100;

/** Tells the log of an answer that names no open request: a client may wait for it in vain. */
export function warnUnexpected(warnings: BoundedWarnings, { id, bytes }: ResponseFrame): void {
  warnings.warn('The server gave an answer that names no open request', () => ({
    id: { excerpt: idText(id), characters: ID_SHOWN },
    bytes: bytes.length,
  }));
}

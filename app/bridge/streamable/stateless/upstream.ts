import type { ModernRequest, Reply, ServerFace } from '../../eras/index.ts';
import type { JsonRpcError } from '../../frame/index.ts';
import type { ToolHeaders } from './tool-headers.ts';

/** The children of one server that serve one modern client, whatever era they are of. */
export interface Upstream {
  readonly face: ServerFace;
  readonly toolHeaders: ToolHeaders;
  start(request: ModernRequest, reply: Reply): void;
}

/** Why a request can not be served now, and the HTTP status that says so. */
export interface Unserved {
  readonly error: JsonRpcError;
  readonly status: number;
}

import { isObject } from '../../../schema/index.ts';
import { type JsonObject, objectIn, stringIn } from '../../frame/index.ts';
import { askable } from '../asks.ts';
import { LEGACY_REVISIONS, NEWEST_LEGACY_REVISION } from '../revisions.ts';
import type { ServerFace } from '../server-face.ts';
import type { ClientFace } from './toward-child.ts';

/**
 * The answer to `initialize` in the name of a server that does not know it (2025-11-25, basic/lifecycle, Version
 * Negotiation): the client's revision if there is one of that name, else the newest with a handshake.
 */
export function initializeResult(params: unknown, { capabilities, serverInfo, instructions }: ServerFace): object {
  const asked = isObject(params) ? stringIn(params, 'protocolVersion') : undefined;
  return {
    protocolVersion: asked !== undefined && LEGACY_REVISIONS.includes(asked) ? asked : NEWEST_LEGACY_REVISION,
    capabilities,
    serverInfo: { name: 'unnamed', version: '0', ...serverInfo },
    ...(instructions === null ? {} : { instructions }),
  };
}

/** What the client says of itself in `initialize`, as far as a modern request can carry it. */
export function clientFace(params: unknown): ClientFace {
  const said: JsonObject = isObject(params) ? params : {};
  const { elicitation, roots, sampling } = askable(objectIn(said, 'capabilities'));
  return {
    capabilities: {
      ...(elicitation === undefined ? {} : { elicitation }),
      // Its changes are announced by a notification that the modern era does not have.
      ...(roots === undefined ? {} : { roots: {} }),
      ...(sampling === undefined ? {} : { sampling }),
    },
    clientInfo: isImplementation(said['clientInfo']) ? said['clientInfo'] : null,
  };
}

/** A child may refuse every request of a client whose description of itself has no name and version. */
function isImplementation(value: unknown): value is JsonObject {
  return isObject(value) && stringIn(value, 'name') !== undefined && stringIn(value, 'version') !== undefined;
}

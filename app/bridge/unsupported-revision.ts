import { answerFault } from './http/index.ts';
import type { StatelessEndpoint } from './streamable/index.ts';

/** 2026-07-28 basic/versioning: the revision is not implemented here. Clients that know sessions go on with `initialize`. */
const UNSUPPORTED = -32022;

export const refuseStateless: StatelessEndpoint = {
  handle: ({ response, message }) => {
    const { id } = message;
    const supported = ['2025-11-25', '2025-06-18', '2025-03-26'];
    const error = { code: UNSUPPORTED, message: 'Unsupported protocol version', data: { supported } };
    answerFault(response, { status: 400, error }, typeof id === 'string' || typeof id === 'number' ? id : null);
  },
  close: () => undefined,
};

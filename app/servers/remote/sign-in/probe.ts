import type { RemoteFault } from '../end.ts';
import type { RemoteHttp } from '../http.ts';
import type { HttpRequest } from '../request.ts';
import { type Challenge, challengeIn } from './challenge.ts';
import { SignInError } from './fault.ts';

/** Milliseconds for the answer to a request without a token. */
const PATIENCE = 20_000;

/** Has no effect on any server: without a session, most refuse it for that. */
const PING = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}');
const ACCEPT = ['Accept', 'application/json, text/event-stream'];

/**
 * What a server says to a request without a token, so that its sign-in is known before a client has met with it. Null when it does
 * not refuse. Rejects with SignInError when it cannot be reached. `isSse` asks for its event stream first.
 */
export async function probe(http: RemoteHttp, url: URL, isSse: boolean): Promise<Challenge | null> {
  const post = {
    method: 'POST',
    url,
    fields: ['Content-Type', 'application/json', ...ACCEPT],
    body: PING,
    isSafe: true,
  } as const;
  const get = { method: 'GET', url, fields: ['Accept', 'text/event-stream'], body: null, isSafe: true } as const;
  const [first, second] = isSse ? [get, post] : [post, get];
  return (await ask(http, first)) ?? (await ask(http, second));
}

function ask(http: RemoteHttp, request: HttpRequest): Promise<Challenge | null> {
  return new Promise((resolve, reject) => {
    const { origin } = request.url;
    const failed = (fault: RemoteFault): void => {
      clearTimeout(timer);
      reject(new SignInError({ kind: 'unreachable', origin, fault }));
    };
    const timer = setTimeout(() => {
      sent.abort();
      failed({ kind: 'silent', seconds: PATIENCE / 1000 });
    }, PATIENCE);
    const sent = http.sendAsIs(request, {
      head(head) {
        clearTimeout(timer);
        // Behind the call, in which the request may be told of more.
        setImmediate(() => sent.abort());
        resolve(head.status === 401 || head.status === 403 ? challengeIn(head) : null);
      },
      content: () => undefined,
      complete: () => undefined,
      failed,
    });
  });
}

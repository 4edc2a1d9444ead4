import { METHODS } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { damaged, damages } from '../../../support/damage.ts';
import { type ForwardProxy, startForwardProxy } from '../../../support/forward-proxy.ts';
import { type RawMessage, rawClient, ScriptedOrigin, statusOf } from '../../../support/raw-http.ts';

let proxy: ForwardProxy;
let origin: ScriptedOrigin;
/** The request lines the origin has read since the last look. */
let asked: string[] = [];

beforeAll(async () => {
  proxy = await startForwardProxy({ address: '127.0.0.1' });
  origin = await ScriptedOrigin.start();
  origin.answerAll((request) => {
    asked.push(request.start);
    const seen = JSON.stringify([request.start, request.fields.slice(0, -1), request.body, request.trailers]);
    return `HTTP/1.1 200 OK\r\nContent-Length: ${seen.length}\r\n\r\n${seen}`;
  });
});
afterAll(async () => {
  await proxy.stop();
  await origin.stop();
});

const token = fc.stringMatching(/^X[!#$%&'*+.^_`|~0-9A-Za-z-]{0,8}$/);
const value = fc.stringMatching(/^[!-~\x80-\xff]([\t -~\x80-\xff]{0,18}[!-~\x80-\xff])?$|^$/);
const fields = fc.array(fc.tuple(token, value), { maxLength: 4 });
const piece = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 40,
});

const request = fc
  .record({
    method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'),
    fields,
    framing: fc.constantFrom('none', 'length', 'chunked'),
    pieces: fc.array(piece, { maxLength: 3 }),
    extension: fc.constantFrom('', ';a', ';a="b c"'),
    trailers: fields,
  })
  .map((spec) => {
    const lines = (all: readonly (readonly [string, string])[]) =>
      all.map(([name, text]) => `${name}: ${text}\r\n`).join('');
    const head = `HTTP/1.1\r\nHost: x\r\n${lines(spec.fields)}`;
    const body = spec.pieces.join('');
    switch (spec.framing) {
      case 'length':
        return { ...spec, text: `${head}Content-Length: ${body.length}\r\n\r\n${body}` };
      case 'chunked': {
        const chunks = spec.pieces.map((chunk) => `${chunk.length.toString(16)}${spec.extension}\r\n${chunk}\r\n`);
        return {
          ...spec,
          text: `${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n${lines(spec.trailers)}\r\n`,
        };
      }
      default:
        return { ...spec, pieces: [], text: `${head}\r\n` };
    }
  });

function written(requests: readonly { readonly method: string; readonly text: string }[]): string {
  return requests.map(({ method, text }, index) => `${method} http://o.test:${origin.port}/${index} ${text}`).join('');
}

/** Sends `text` in pieces that end at `cuts`, then FIN, and reads all answers until the connection ends. */
async function converse(text: string, cuts: readonly number[]): Promise<RawMessage[]> {
  const client = await rawClient(proxy.port);
  const ends = [...new Set(cuts)].filter((cut) => cut > 0 && cut < text.length).sort((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, text.length]) {
    client.write(text.slice(start, end));
    start = end;
    if (ends.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }
  client.end();
  const everything = await client.rest();
  client.destroy();
  return split(everything);
}

/** What came, message by message. Every answer in this test has a Content-Length. */
function split(text: string): RawMessage[] {
  const messages: RawMessage[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end === -1) throw new Error(`no head in ${JSON.stringify(text.slice(at))}`);
    const head = text.slice(at, end);
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
    const body = text.slice(end + 4, end + 4 + length);
    if (body.length !== length) throw new Error(`a body of ${body.length} instead of ${length} bytes`);
    messages.push({ start: head.split('\r\n', 1)[0] ?? '', fields: [], body, trailers: [], chunks: [] });
    at = end + 4 + length;
  }
  return messages;
}

/**
 * The statuses up to the first refusal: whether the connection outlives that depends on how much of the request had come by then. So does
 * what becomes of an unknown method: it is told from noise by the rest of its line, and passes where all of its head is there, to a target
 * that may be damaged.
 */
function verdicts(answers: readonly RawMessage[]): number[] {
  const statuses = answers.map((answer) => {
    const [, method] = /^\["(\S+) /.exec(answer.body) ?? [];
    const isKnown = statusOf(answer) < 500 && (method === undefined || METHODS.includes(method));
    return isKnown ? statusOf(answer) : 400;
  });
  const refusal = statuses.indexOf(400);
  return refusal === -1 ? statuses : statuses.slice(0, refusal + 1);
}

it('well-formed requests arrive as they are meant, one after the other, however they are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 1, maxLength: 3 }),
      fc.oneof(fc.array(fc.nat(500), { maxLength: 8 }), fc.constant(Array.from({ length: 500 }, (_, index) => index))),
      async (requests, cuts) => {
        const answers = await converse(written(requests), cuts);
        expect(answers.map(statusOf)).toEqual(requests.map(() => 200));
        requests.forEach((spec, index) => {
          const [start, seenFields, body, trailers] = JSON.parse(answers[index]?.body ?? '') as unknown[];
          expect(start).toBe(`${spec.method} /${index} HTTP/1.1`);
          expect(body).toBe(spec.pieces.join(''));
          for (const field of spec.fields) expect(seenFields).toContainEqual(field);
          expect(trailers).toEqual(spec.framing === 'chunked' ? spec.trailers : []);
        });
      },
    ),
    { numRuns: 100 },
  );
});

it('damaged requests are answered or refused, and never become requests that were not sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 1, maxLength: 3 }),
      damages(2, 'Transfer-Encoding: chunked\r\n', 'GET http://o.test/smuggled HTTP/1.1\r\nHost: x\r\n\r\n'),
      fc.array(fc.nat(500), { maxLength: 4 }),
      async (requests, wounds, cuts) => {
        asked = [];
        const text = damaged(written(requests), wounds);
        const whole = verdicts(await converse(text, []));
        const askedWhole = asked;
        asked = [];
        const cut = verdicts(await converse(text, cuts));
        expect(cut).toEqual(whole);
        // Every request the origin saw was sent with that very line.
        for (const line of [...askedWhole, ...asked]) {
          const [method = '', path = ''] = line.split(' ');
          expect(text).toContain(`${method} `);
          expect(text).toContain(`:${origin.port}${path === '/' ? '' : path.replace(/^\/\?/, '?')}`);
        }
      },
    ),
    { numRuns: 300 },
  );
});

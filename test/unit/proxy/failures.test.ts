import { describe, expect, it } from 'vitest';
import { dialFailure } from '../../../app/dial/failure.ts';
import { DialError } from '../../../app/dial/index.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { failureAnswer } from '../../../app/proxy/failure-response.ts';
import { tokenRequiredFailure } from '../../../app/proxy/failures.ts';

const target = { host: '192.168.1.20', port: 8123 };
const text = textIn('en');

function unreachable(elapsed: number, onLink: boolean) {
  return dialFailure(new DialError({ kind: 'system', errno: 'EHOSTUNREACH' }, target, { elapsed, onLink }), text);
}

describe('EHOSTUNREACH', () => {
  it('within milliseconds for a neighbour is this machine refusing: permission or a network extension', () => {
    expect(unreachable(1, true).hint).toContain('Local Network');
  });

  it('after seconds for a neighbour is a device that does not answer', () => {
    expect(unreachable(3000, true).hint).toContain('switched on');
  });

  it('for a distant address comes from a router', () => {
    expect(unreachable(1, false).hint).toContain('router');
  });
});

describe('An error of the system', () => {
  const failureFor = (errno: string) =>
    dialFailure(new DialError({ kind: 'system', errno }, target, { elapsed: 1, onLink: false }), text);

  it.each([
    ['ECONNRESET', 'closed the connection before it answered'],
    ['EADDRNOTAVAIL', 'no local address or port'],
    ['ENOBUFS', 'no memory left'],
    ['EMFILE', 'no more room for connections'],
    ['EAI_FAIL', 'could not be looked up'],
  ])('%s is told as what it is: %s', (errno, words) => {
    expect(failureFor(errno)).toMatchObject({ code: errno, sentence: expect.stringContaining(words) });
  });

  it('that is not known is told by its code, and not as a connection that was closed', () => {
    expect(failureFor('EAFNOSUPPORT').sentence).toBe('The connection to 192.168.1.20:8123 failed (EAFNOSUPPORT).');
    expect(failureFor('ENOBUFS').hint).not.toContain('ulimit');
  });
});

describe('an answer', () => {
  it('carries status, Proxy-Status, sentence, hint and exact length', () => {
    const answer = failureAnswer(unreachable(1, true));
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(head).toContain('Proxy-Status: mcp-gangway; error=destination_ip_unroutable; details="EHOSTUNREACH"');
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
    expect(body).toContain('No route to host');
  });

  it('of 407 says how to authenticate', () => {
    expect(failureAnswer(tokenRequiredFailure(text, false))).toContain('Proxy-Authenticate: Basic realm=');
  });

  it('of 407 tells a token that is not accepted from none', () => {
    expect(tokenRequiredFailure(text, false).sentence).toBe('This proxy asks for its token.');
    expect(tokenRequiredFailure(text, true).sentence).toMatch(/^This proxy does not accept this token/);
  });

  it('counts bytes, not characters, in Chinese', () => {
    const answer = failureAnswer(tokenRequiredFailure(textIn('zh-Hant'), false));
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    expect(answer).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  });
});

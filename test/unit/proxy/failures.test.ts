import { describe, expect, it } from 'vitest';
import { DialError } from '../../../app/dial/index.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { dialFailure } from '../../../app/proxy/dial-failure.ts';
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
    expect(failureAnswer(tokenRequiredFailure(text))).toContain('Proxy-Authenticate: Basic realm=');
  });

  it('counts bytes, not characters, in Chinese', () => {
    const answer = failureAnswer(tokenRequiredFailure(textIn('zh-Hant')));
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    expect(answer).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  });
});

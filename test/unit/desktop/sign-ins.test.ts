import { describe, expect, it } from 'vitest';
import { SignIns } from '../../../app/desktop/index.ts';
import { SignInError } from '../../../app/engine/index.ts';
import type { SignInOptions } from '../../../app/servers/index.ts';

const FACTS = { state: 'signed-in', issuer: 'https://as.example', until: null, renews: true } as const;

function signInsWith(signIn: (options: SignInOptions) => Promise<typeof FACTS>) {
  const opened: string[] = [];
  const engine = { signIn: (_: string, options: SignInOptions) => signIn(options), signOut: async () => true };
  return { opened, signIns: new SignIns({ engine }, (url) => opened.push(url)) };
}

describe('A sign-in that a window asks for', () => {
  it('opens the browser, tells a code that is to be typed in, and is done', async () => {
    const { opened, signIns } = signInsWith(async ({ told }) => {
      told({ kind: 'device', url: 'https://as.example/device', code: 'ABCD', completeUrl: null });
      return FACTS;
    });
    const codes: (string | null)[] = [];
    const answer = await signIns.signIn({ server: 'ha', acceptNoPkce: false }, ({ code }) => codes.push(code));
    expect(answer).toEqual({ kind: 'done' });
    expect(opened).toEqual(['https://as.example/device']);
    expect(codes).toEqual(['ABCD']);
  });

  it('opens nothing but web pages, whatever the server names', async () => {
    const { opened, signIns } = signInsWith(async ({ told }) => {
      for (const url of ['file:///etc/passwd', 'x-apple.systempreferences:x', 'javascript:1']) {
        told({ kind: 'open', url, redirectUri: 'http://127.0.0.1/' });
      }
      return FACTS;
    });
    await signIns.signIn({ server: 'ha', acceptNoPkce: false }, () => undefined);
    expect(opened).toEqual([]);
  });

  it('says why it came to nothing, and what a person may accept', async () => {
    const { signIns } = signInsWith(() =>
      Promise.reject(new SignInError({ kind: 'no-pkce', issuer: 'https://as.example' })),
    );
    const answer = await signIns.signIn({ server: 'ha', acceptNoPkce: false }, () => undefined);
    expect(answer).toMatchObject({
      kind: 'failed',
      reason: 'no-pkce',
      sentence: { en: expect.stringContaining('as.example'), 'zh-Hant': expect.stringMatching(/\p{Script=Han}/u) },
    });
    const off = new SignIns({ engine: null }, () => undefined);
    expect(await off.signOut('ha')).toMatchObject({ kind: 'failed', reason: 'off' });
  });

  it('is given up when another one is begun', async () => {
    const { signIns } = signInsWith(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new SignInError({ kind: 'cancelled' })));
        }),
    );
    const first = signIns.signIn({ server: 'ha', acceptNoPkce: false }, () => undefined);
    const second = signIns.signIn({ server: 'nas', acceptNoPkce: false }, () => undefined);
    expect(await first).toMatchObject({ kind: 'failed', reason: 'cancelled' });
    signIns.cancel();
    expect(await second).toMatchObject({ reason: 'cancelled' });
  });
});

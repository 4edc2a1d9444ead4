import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { secureParent } from '../../app/dial/parent-connect.ts';
import { Tls } from '../../app/servers/remote/tls.ts';
import { startTlsOrigin } from '../support/tls-origin.ts';

/** The names that an https server is asked for (SNI), and connections to it. */
async function named() {
  const names: string[] = [];
  const origin = await startTlsOrigin((_, response) => response.end(), {
    SNICallback: (name, done) => {
      names.push(name);
      done(null);
    },
  });
  onTestFinished(() => origin[Symbol.asyncDispose]());
  const socket = async (): Promise<Socket> => {
    const plain = connect(origin.port, '127.0.0.1');
    onTestFinished(() => void plain.destroy());
    await once(plain, 'connect');
    return plain;
  };
  return { names, socket };
}

/** Names as they are written, and as they are asked for. */
const NAMES = [
  ['proxy1', 'proxy1'],
  ['Squid.lan3', 'Squid.lan3'],
  ['nas.example.', 'nas.example'],
  ['127.0.0.1', undefined],
] as const;

test.each(NAMES)('a parent proxy %s is asked for as %s', async (host, expected) => {
  const { names, socket } = await named();
  const route = { kind: 'parent', parent: { host, port: 1 }, tls: true, authorization: null } as const;
  const plain = await socket();
  // Its certificate is none that is trusted: the name has been sent by then.
  await new Promise<void>((resolve) => secureParent(plain, route, () => resolve()));
  expect(names).toEqual(expected === undefined ? [] : [expected]);
});

test.each(NAMES)('a remote server %s is asked for as %s', async (host, expected) => {
  const { names, socket } = await named();
  const plain = await socket();
  await new Promise<void>((resolve) => new Tls(undefined).secure(plain, host, () => resolve()));
  expect(names).toEqual(expected === undefined ? [] : [expected]);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ForwardProxy, startForwardProxy } from '../../../support/forward-proxy.ts';
import { fieldValues, rawClient, ScriptedOrigin } from '../../../support/raw-http.ts';

let proxy: ForwardProxy;
let origin: ScriptedOrigin;
beforeAll(async () => {
  proxy = await startForwardProxy();
  origin = await ScriptedOrigin.start();
});
afterAll(async () => {
  await proxy.stop();
  await origin.stop();
});

it('a GET in absolute-form reaches the origin in origin-form, and its answer comes back', async () => {
  const client = await rawClient(proxy.port);
  client.write(`GET http://${origin.authority}/a?b HTTP/1.1\r\nHost: elsewhere\r\nX-Kept: As Is\r\n\r\n`);
  const peer = await origin.connection();
  const request = await peer.message();
  expect(request.start).toBe('GET /a?b HTTP/1.1');
  expect(fieldValues(request, 'Host')).toEqual([origin.authority]);
  expect(request.fields).toContainEqual(['X-Kept', 'As Is']);
  peer.write('HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\nhi');
  const answer = await client.message();
  expect(answer.start).toBe('HTTP/1.1 200 Fine');
  expect(fieldValues(answer, 'Set-Cookie')).toEqual(['a', 'b']);
  expect(answer.body).toBe('hi');
  client.destroy();
});

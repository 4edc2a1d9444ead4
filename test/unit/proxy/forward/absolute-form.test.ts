import { expect, it } from 'vitest';
import { type Origin, parseAbsoluteForm } from '../../../../app/dial/http/index.ts';
import { heapAfterCollection } from '../../../support/heap.ts';

it('Origins that are kept do not keep the URLs that they were read from', () => {
  const kept = new Map<string, Origin>();
  const before = heapAfterCollection();
  for (let n = 0; n < 250; n++) {
    const url = `http://server-${n}.example:8080/?key=${'x'.repeat(60_000)}`;
    parseAbsoluteForm(Buffer.from(url).toString('latin1'), 'GET', kept);
  }
  expect(heapAfterCollection() - before).toBeLessThan(4_000_000);
  expect(kept.get('server-249.example:8080')?.target).toEqual({ host: 'server-249.example', port: 8080 });
});

it.each([
  ['http://minio.lan:80/b', 'minio.lan'],
  ['http://user:80@minio.lan:080/b', 'minio.lan'],
  ['http://[fd00::80]:80/', '[fd00::80]'],
  ['http://[fe80::1%25en0]:80/', '[fe80::1]'],
  ['http://[fd00::80]/', '[fd00::80]'],
  ['ws://minio.lan:8080/', 'minio.lan:8080'],
  ['http://minio.lan:443/', 'minio.lan:443'],
])('The Host field for %s is %s: as programs without a proxy write it, and sign it', (url, host) => {
  expect(parseAbsoluteForm(url, 'GET')).toMatchObject({ origin: { host } });
});

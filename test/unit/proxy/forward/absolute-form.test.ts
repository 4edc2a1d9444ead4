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

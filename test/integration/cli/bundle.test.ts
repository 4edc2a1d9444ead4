import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { describe, expect, inject, it } from 'vitest';

describe('the bundled command line', () => {
  const bundle = readFileSync(inject('cli'), 'utf8');

  it('needs nothing but Node', () => {
    const required = [...bundle.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
    expect(required).toContain('node:http');
    // Its own second file is loaded when `doctor` is asked for.
    expect(required.filter((name) => !isBuiltin(name) && !name.startsWith('./cli-'))).toEqual([]);
  });

  it('starts without what an idle instance has no use for: megabytes of memory and milliseconds each', () => {
    const atStart = [...bundle.matchAll(/^let \w+ = require\("node:([^"]+)"\)/gm)].map(([, name = '']) => name);
    expect(atStart).toContain('http');
    expect(atStart.filter((name) => /^(?:tls|https|http2|fs\/promises|worker_threads)$/.test(name))).toEqual([]);
    // As an ES module it would load undici along with node:http.
    expect(bundle).not.toMatch(/^import /m);
  });
});

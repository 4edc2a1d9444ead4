import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';

describe('the bundled command line', () => {
  const entry = inject('cli');
  const folder = join(dirname(entry), 'cli');
  const files = new Map([
    ['cli', readFileSync(entry, 'utf8')],
    ...readdirSync(folder).map(
      (name) => [name.replace(/\.cjs$/, ''), readFileSync(join(folder, name), 'utf8')] as const,
    ),
  ]);

  /** What is loaded together with a part, by its name or as the module of Node it is. */
  function loadedWith(part: string, seen = new Set<string>()): ReadonlySet<string> {
    for (const [, name = ''] of (files.get(part) ?? '').matchAll(/^(?:(?:let|const) \w+ = )?require\("([^"]+)"\)/gm)) {
      const loaded = name.replace(/^.*\/(.+)\.cjs$/, '$1').replace(/^node:/, '');
      if (!seen.has(loaded)) loadedWith(loaded, seen.add(loaded));
    }
    return seen;
  }

  it('needs nothing but Node', () => {
    const required = [...files.values()].flatMap((text) => [...text.matchAll(/\brequire\("([^"]+)"\)/g)]);
    const names = required
      .map(([, name = '']) => name)
      .filter((name) => !/^\.{1,2}\/(?:cli\/)?[\w-]+\.cjs$/.test(name));
    expect(names).toContain('node:http');
    expect(names.filter((name) => !isBuiltin(name))).toEqual([]);
  });

  it('starts without what an idle instance has no use for: megabytes of memory and milliseconds each', () => {
    const atStart = [...loadedWith('cli'), ...loadedWith('serve'), ...loadedWith('engine')];
    expect(atStart).toContain('http');
    expect(atStart.filter((name) => /^(?:tls|https|http2|fs\/promises|worker_threads)$/.test(name))).toEqual([]);
    // As ES modules they would load undici along with node:http.
    for (const text of files.values()) expect(text).not.toMatch(/^import .* from /m);
  });

  it('loads nothing of the engine for connect, which a client waits for', () => {
    const loaded = [...loadedWith('cli'), ...loadedWith('connect')];
    expect(loaded).toContain('net');
    expect(loaded.filter((name) => /^(?:http|crypto|tls|engine|serve|servers|proxy)$/.test(name))).toEqual([]);
  });
});

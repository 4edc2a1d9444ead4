import type { Plugin } from 'vite';

/** Where the function below is found: by a name that all chunks of one process share. */
const KEEPER = 'globalThis[Symbol.for("mcp-gangway.chunk")]';

/**
 * What stands at the top of `serve.cjs`: it reads the chunks that are compiled when they are first called, and hands them out from memory. Their
 * source is no work for V8 until then, and lies outside its heap.
 */
function keeper(names: readonly string[]): string {
  return `
${KEEPER} = (() => {
  const { readFileSync } = require("node:fs");
  const place = __filename.slice(0, -"serve.cjs".length);
  const sources = new Map(${JSON.stringify(names)}.map((name) => [name, readFileSync(place + name + ".cjs")]));
  return (name) => {
    const filename = place + name + ".cjs";
    const known = require.cache[filename];
    if (known !== undefined) return known.exports;
    const chunk = new module.constructor(filename, module);
    chunk.filename = filename;
    require.cache[filename] = chunk;
    chunk._compile(sources.get(name).toString("latin1"), filename);
    chunk.loaded = true;
    sources.delete(name);
    return chunk.exports;
  };
})();
`;
}

/**
 * A process that serves may run for weeks, and be replaced on the disk by another version meanwhile (`npm install`, `npm run build`): a chunk that
 * is read later would be gone, or another version's. All of them must be ASCII.
 */
export function keepChunks(names: readonly string[]): Plugin {
  const load = new RegExp(`require\\("\\./(?:cli/)?(${names.join('|')})\\.cjs"\\)`, 'g');
  return {
    name: 'keep-chunks',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const missing = names.filter((name) => !(`cli/${name}.cjs` in bundle));
      if (missing.length > 0) this.error(`no chunk has the name ${missing.join(' or ')}`);
      for (const [file, chunk] of Object.entries(bundle)) {
        if (chunk.type !== 'chunk') continue;
        chunk.code = chunk.code.replace(load, (plain, name) => `(${KEEPER}?.("${name}") ?? ${plain})`);
        if (file === 'cli/serve.cjs') chunk.code = chunk.code.replace(/^#!.*\n/, (first) => first + keeper(names));
      }
    },
  };
}

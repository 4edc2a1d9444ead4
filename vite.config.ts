import { defineConfig, type Plugin } from 'vite';
import { keepChunks } from './build/keep-chunks.ts';

/**
 * What winston loads and we never use: output for people who debug winston, colours, its ways to write to a file, a server and a stream, and the
 * format of a logger that is given none. We hand it nothing but entries, and write them ourselves. By the end of its name, what stands for it.
 */
const UNUSED: Readonly<Record<string, string>> = {
  '@dabh/diagnostics': 'module.exports = () => () => undefined;',
  '@colors/colors/safe': 'module.exports = {};',
  'logform/json': 'module.exports = () => ({ transform: (info) => info });',
  './file': 'module.exports = undefined;',
  './http': 'module.exports = undefined;',
  './stream': 'module.exports = undefined;',
};

const withoutUnused: Plugin = {
  name: 'without-unused',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id in UNUSED && /[\\/]node_modules[\\/](?:winston|logform)[\\/]/.test(importer ?? '') ? `\0unused:${id}` : null,
  load: (id) => (id.startsWith('\0unused:') ? UNUSED[id.slice('\0unused:'.length)] : null),
};

/** winston brings two copies of Node 10's streams; the real ones are loaded anyway. */
const ownStreams: Plugin = {
  name: 'own-streams',
  enforce: 'pre',
  resolveId: (id) => (/^readable-stream(?:\/|$)/.test(id) ? `\0streams:${id.includes('_stream_writable')}` : null),
  load(id) {
    if (!id.startsWith('\0streams:')) return null;
    return `module.exports = require('node:stream')${id.endsWith('true') ? '.Writable' : ''};`;
  },
};

/**
 * Parts of Node that an instance does without until somebody uses it, loaded where they are called: node:crypto is a megabyte, the others half of one,
 * and loading them makes functions of Node hot enough for an optimizing compiler.
 */
const NODE_WHEN_CALLED = ['crypto', 'child_process', 'fs/promises', 'perf_hooks', 'timers/promises', 'vm'];

const nodeWhenCalled: Plugin = {
  name: 'node-when-called',
  renderChunk: (code) =>
    NODE_WHEN_CALLED.reduce((changed, name) => {
      const variable = `node_${name.replace('/', '_')}`;
      const load = `require("node:${name}")`;
      return changed
        .replace(`\nlet ${variable} = ${load};\n`, '\n')
        .replace(new RegExp(`\\b(new )?${variable}\\.`, 'g'), (_, made) => (made ? `new (${load}).` : `${load}.`));
    }, code),
};

/**
 * What an instance does without until the first MCP client, remote server, group or Chinese reader: a sixth of the work of a start, and 2 MB.
 * Each is a file of its own that is read where something in it is first called. Nothing of it may be used while the others are loaded.
 */
const WHEN_CALLED: Readonly<Record<string, RegExp>> = {
  remote:
    /\/app\/servers\/(?:remote\/(?!answers-file|trust|sign-in\/(?:by-person|sign-in-file|oauth)\.ts|.*\bindex)|(?:remote-trial|try-server|oauth-entry)\.ts)/,
  aggregate: /\/app\/aggregate\//,
  sessions:
    /\/app\/bridge\/(?:translate|streamable|http-sse|policy\/(?!policies|unmatched)|stdio|session-peer|one-stream|admission|http\/(?:event-stream|responses))/,
  'zh-hant': /\/app\/i18n\/zh-Hant\/[\w-]+\.ts$/,
};

const chunksWhenCalled: Plugin = {
  name: 'chunks-when-called',
  renderChunk: (code) =>
    Object.keys(WHEN_CALLED).reduce((changed, name) => {
      const load = new RegExp(`^const (require_[\\w$]+) = (require\\("\\.[./\\w]*/${name}\\.cjs"\\));$`, 'm');
      const chunk = load.exec(changed)?.[1];
      if (chunk === undefined) return changed;
      const used = new RegExp(`(?<![\\w$])(new )?${chunk.replaceAll('$', '\\$')}\\.`, 'g');
      return changed
        .replace(used, (_, made) => (made ? `new (${chunk}()).` : `${chunk}().`))
        .replace(load, (_, __, loaded) => `let ${chunk}_;\nconst ${chunk} = () => ${chunk}_ ??= ${loaded};`);
    }, code),
};

/**
 * Chinese as escapes: with one letter outside Latin-1 in it, V8 keeps the whole source in two bytes a letter. Such letters
 * stand in strings and comments only, where an escape does no harm.
 */
const oneByteLetters: Plugin = {
  name: 'one-byte-letters',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      chunk.code = chunk.code.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

/**
 * The command line, bundled so that it needs no node_modules: what vite.start.config.ts builds loads `main`, with `connect` in it, because a
 * client waits for that, and there is one file each for the other things it can do. Serving takes no more than one until it is used.
 *
 * It is CommonJS because `import 'node:http'` in an ES module makes Node 24 look at every export of that module, the
 * lazy WebSocket among them, and that loads all of undici: 14 MB of memory and a third of the start-up time, for nothing.
 */
export default defineConfig({
  plugins: [
    withoutUnused,
    ownStreams,
    nodeWhenCalled,
    chunksWhenCalled,
    keepChunks([...Object.keys(WHEN_CALLED), 'oauth']),
    oneByteLetters,
  ],
  build: {
    ssr: 'app/cli/program.ts',
    outDir: 'out',
    emptyOutDir: true,
    // Older than what it runs on: the program says so itself on an old Node, which has to read it for that.
    target: 'node20',
    // No browser waits for it.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        format: 'cjs',
        entryFileNames: 'cli/main.cjs',
        chunkFileNames: 'cli/[name].cjs',
        banner: '#!/usr/bin/env node',
        comments: { legal: true, annotation: false, jsdoc: false },
        // V8 keeps the text of what runs: white space in it took 1 MB. Names stay, for the calls that an error lists.
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
        codeSplitting: {
          groups: [
            ...Object.entries(WHEN_CALLED).map(([name, test]) => ({
              name,
              test,
              priority: 3,
              includeDependenciesRecursively: false,
            })),
            { name: 'main', test: /rolldown\/runtime|app\/cli\/(?:program|main|connect)\.ts$/, priority: 2 },
            { name: 'serve', test: /app\/(?:engine\/index|cli\/serve)\.ts$/, priority: 1 },
          ],
        },
      },
    },
  },
  ssr: { noExternal: true },
});

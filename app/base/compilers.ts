/** V8's compilers of machine code, from the first to the last. */
const COMPILERS = ['sparkplug', 'maglev', 'turbofan'];
/** V8's options for a start, and those that it has by default. */
const STARTING = [
  ...COMPILERS.map((compiler) => `--no-${compiler}`),
  '--no-regexp-optimization',
  '--regexp-tier-up-ticks=100',
];
const STARTED = [...COMPILERS.map((compiler) => `--${compiler}`), '--regexp-optimization', '--regexp-tier-up-ticks=1'];
/** Words of V8's options that say which of them may run. */
const CHOSEN = /sparkplug|maglev|turbofan|jitless|regexp|--(?:no[-_]?)?opt\b/;
/** What serving needs of Node. Node brings these parts compiled, which V8 takes only as long as its options are those of when Node was built. */
const PARTS_OF_NODE = ['net', 'http', 'dns', 'tty', 'stream', 'cluster', 'util', 'url', 'module'];

/**
 * Has V8 compile nothing to machine code while a process that serves starts: the first use of such a compiler brings 2.4 MB of Node's file into
 * memory, which an idle process does without, and a start calls the functions of Node that split paths often enough for it. Patterns are compiled
 * plainly: the one by which Node tells an address of IPv6, for the first listener, took V8 a twentieth of the start to optimize. One that is
 * made in that time is optimized at its 100th use. Returns what ends that. Where somebody has chosen compilers by Node's options, nothing is changed.
 */
export function startWithoutCompiling(options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? '']): () => void {
  if (process.getBuiltinModule === undefined || options.some((option) => CHOSEN.test(option))) return () => undefined;
  for (const part of PARTS_OF_NODE) process.getBuiltinModule(`node:${part}`);
  const v8 = process.getBuiltinModule('node:v8');
  v8.setFlagsFromString(STARTING.join(' '));
  return () => v8.setFlagsFromString(STARTED.join(' '));
}

/** Words of V8's options that say which of them may run. */
const CHOSEN = /sparkplug|maglev|turbofan|jitless|regexp|--(?:no[-_]?)?opt\b/;
/** What serving needs of Node. Node brings these parts compiled, which V8 takes only as long as its options are those of when Node was built. */
const PARTS_OF_NODE = ['net', 'http', 'dns', 'tty', 'stream', 'cluster', 'util', 'url', 'module'];

/**
 * Calls of a function after which V8 compiles it with its last compiler. Its own number, 3000, suits pages that call ten thousand functions; a gateway
 * calls some hundred for each tunnel and message. The first 8,000 tunnels together take an eighth less processor time, compiling included, and later
 * ones no more. V8 13 is known to have this option; one without it would complain in the output.
 */
const CALLS_TO_OPTIMIZE = 1000;
const V8_WITH_CALLS = /^13\./;

/**
 * Has V8 compile nothing to machine code while a process that serves starts: the first use of an optimizing compiler brings 2.4 MB of Node's file into
 * memory, which an idle process does without, and a start calls the functions of Node that split paths often enough for it. Patterns are compiled
 * plainly: the one by which Node tells an address of IPv6, for the first listener, took V8 a twentieth of the start to optimize. One that is
 * made in that time is optimized at its 100th use. Returns what ends that; from then on V8 optimizes sooner than it would by itself. Where Node's own
 * options choose compilers, nothing is changed.
 * `maglev` says whether V8's compiler in the middle is part of this Node, and used: that of Node 22 does without.
 */
export function startWithoutCompiling(
  options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''],
  maglev = Boolean(Reflect.get(process.config.variables, 'v8_enable_maglev')),
  version = process.versions.v8,
): () => void {
  if (process.getBuiltinModule === undefined || options.some((option) => CHOSEN.test(option))) return () => undefined;
  for (const part of PARTS_OF_NODE) process.getBuiltinModule(`node:${part}`);
  const v8 = process.getBuiltinModule('node:v8');
  const compilers = ['sparkplug', ...(maglev ? ['maglev'] : []), 'turbofan'];
  const set = (flags: readonly string[]): void => v8.setFlagsFromString(flags.join(' '));
  set([...compilers.map((name) => `--no-${name}`), '--no-regexp-optimization', '--regexp-tier-up-ticks=100']);
  const soon = V8_WITH_CALLS.test(version) ? [`--invocation-count-for-turbofan=${CALLS_TO_OPTIMIZE}`] : [];
  // The others are their defaults.
  return () =>
    set([...compilers.map((name) => `--${name}`), '--regexp-optimization', '--regexp-tier-up-ticks=1', ...soon]);
}

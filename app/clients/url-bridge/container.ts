import { isLoopback } from '../../base/host.ts';
import type { Program } from '../entry/entry.ts';
import { containerRun } from '../launch/launcher.ts';

/** Options of `docker run` and `podman run` without a value (docker-run(1), podman-run(1)). */
const FLAGS =
  /^(?:-[itdPq]+|--(?:interactive|tty|detach|rm|init|privileged|publish-all|read-only|quiet|no-healthcheck|oom-kill-disable|sig-proxy|disable-content-trust|replace))$/;

/** Options that change nothing about where a bridge connects to, and with what. */
const IDLE =
  /^(?:--name|--pull|--platform|-l|--label|--cpus|-m|--memory|--memory-swap|--log-driver|--log-opt|--restart|--stop-timeout|-u|--user|-w|--workdir|--cap-drop|--security-opt|--pids-limit|--ulimit|-p|--publish|--tmpfs|--shm-size|-h|--hostname)$/;

/** Images of the bridges, whose arguments are the bridge's own. */
const IMAGES: readonly (readonly [RegExp, string])[] = [
  [/^(?:ghcr\.io\/)?sparfenyuk\/mcp-proxy$/, 'mcp-proxy'],
  [/^(?:ghcr\.io\/supercorp-ai|(?:docker\.io\/)?supercorp)\/supergateway$/, 'supergateway'],
];

/** Images that run the command behind them, and have no program of their own in front of it. */
const RUNTIMES = /^(?:(?:docker\.io\/)?(?:library\/)?(?:node|python)|(?:docker\.io\/)?oven\/bun)$/;

type Line = Pick<Program, 'command' | 'args' | 'env'>;

/**
 * What a container of a bridge, or of a runtime that may start one, runs. Null for any other, and where it has something that this machine
 * has not: a network, files, or variables that do not stand in the entry.
 */
export function contained(program: Line): Line | null {
  const { command, args } = program;
  const run = containerRun({ command, args });
  if (run === null || args[run.at - 1] !== 'run') return null;
  const env: Record<string, string> = {};
  let at = run.at;
  for (; args[at]?.startsWith('-') === true; at++) {
    const word = args[at] ?? '';
    if (FLAGS.test(word)) continue;
    const [, long, attached] = /^(--[^=]+)=([\s\S]*)$/.exec(word) ?? [];
    const [, short, joined] = /^(-[a-zA-Z])(.+)$/.exec(long === undefined && !word.startsWith('--') ? word : '') ?? [];
    const name = long ?? short ?? word;
    const value = attached ?? joined ?? args[++at] ?? '';
    if (FLAGS.test(name)) continue;
    if (/^(?:-e|--env)$/.test(name)) {
      const [, variable = value, given] = /^([^=]+)=([\s\S]*)$/.exec(value) ?? [];
      const known = given ?? (Object.hasOwn(program.env, variable) ? program.env[variable] : undefined);
      if (known === undefined) return null;
      env[variable] = known;
    } else if (/^--net(?:work)?$/.test(name) ? !/^(?:host|bridge|default)$/.test(value) : !IDLE.test(name)) {
      return null;
    }
  }
  const image = (args[at] ?? '').replace(/@sha256:[0-9a-f]+$/, '').replace(/:[\w.-]+$/, '');
  const rest = args.slice(at + 1);
  const [, own] = IMAGES.find(([pattern]) => pattern.test(image)) ?? [];
  const [first, ...behind] = own === undefined ? (RUNTIMES.test(image) ? rest : []) : [own, ...rest];
  return first === undefined ? null : { command: first, args: behind, env };
}

/** Whether a URL leads to the same place in a container and out of it. */
export function isSameOutside(url: string): boolean {
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  return !isLoopback(host) && !/\.(?:docker|containers)\.internal$/i.test(host);
}

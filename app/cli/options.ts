import type { Text } from '../i18n/index.ts';

/** Every option has its line in the help; `--sse` is none for the parser, because it ends the options. */
export type OptionName = keyof Text['cliUsage']['options'];

/** Options with a value may be given several times; where only one makes sense, the last counts. */
export const OPTIONS = {
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  token: { type: 'string' },
  'token-file': { type: 'string' },
  tokens: { type: 'string' },
  'require-token': { type: 'boolean' },
  'lan-loopback': { type: 'boolean' },
  'lan-forwards': { type: 'boolean' },
  forward: { type: 'string' },
  upstream: { type: 'string' },
  'no-proxy': { type: 'string' },
  'deny-port': { type: 'string' },
  'allow-origin': { type: 'string' },
  'allow-host': { type: 'string' },
  config: { type: 'string' },
  'no-spare': { type: 'boolean' },
  'log-level': { type: 'string' },
  'log-file': { type: 'string' },
  lang: { type: 'string' },
  server: { type: 'string' },
  error: { type: 'string' },
  json: { type: 'boolean' },
  start: { type: 'boolean' },
  drain: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const satisfies Readonly<
  Record<Exclude<OptionName, 'sse'>, { readonly type: 'string' | 'boolean'; readonly short?: string }>
>;

export function isOption(name: string): name is keyof typeof OPTIONS {
  return Object.hasOwn(OPTIONS, name);
}

/** Every option in the order of the help. */
export const OPTION_NAMES: readonly OptionName[] = [...Object.keys(OPTIONS).filter(isOption), 'sse'];

/** The letter of an option; null when it has none. */
export function letterOf(name: OptionName): string | null {
  if (!isOption(name)) return null;
  const option = OPTIONS[name];
  return 'short' in option ? option.short : null;
}

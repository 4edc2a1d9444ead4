import type { Launch } from '../entry/index.ts';
import { type Gateway, leadsTo } from '../gateway.ts';
import { baseName } from './launcher.ts';
import { PROXY_VARIABLES } from './proxy-env.ts';

/** `off` as the person wrote it, `through` our proxy, `run` by us. */
export type Mode = 'off' | 'through' | 'run';

/** What an entry that leads to us can be told by. */
export interface OurMarks {
  readonly gateway: Pick<Gateway, 'port'> & Partial<Pick<Gateway, 'token' | 'refuses'>>;
  readonly shim: { readonly command: string; readonly args: readonly string[] };
}

/** The mode an entry is in, whoever put it there. */
export function modeOf(launch: Launch, { gateway: { port }, shim }: OurMarks): Mode {
  switch (launch.kind) {
    case 'program':
      // From the sources the command is a Node, which other servers may run on as well.
      if (launch.command === shim.command && shim.args.every((arg) => launch.args.includes(arg))) return 'run';
      // Another copy of ours, or one that has moved.
      if (baseName(launch.command) === 'mcp-gangway' && launch.args.includes('connect')) return 'run';
      return PROXY_VARIABLES.some((name) => leadsTo(launch.env[name] ?? '', port)) ? 'through' : 'off';
    case 'address':
      return leadsTo(launch.url, port) ? 'run' : 'off';
    case 'foreign':
      return 'off';
    default:
      return launch satisfies never;
  }
}

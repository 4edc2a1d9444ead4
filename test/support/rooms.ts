/** One folder of `app/` and what it is for. */
export interface Room {
  readonly name: string;
  readonly holds: string;
  /** Each file is a face of its own: pure values and functions, of which windows import some without the others. */
  readonly open?: true;
}

/**
 * The rooms of `app/`, from the ground up. A room imports only rooms that stand before it, and only through their face:
 * `index.ts`, the file that bears the room's name, or the `index.ts` of a subfolder. docs/architecture.md explains them.
 */
export const ROOMS: readonly Room[] = [
  {
    name: 'base',
    holds: 'addresses, errno, mutex, clock, schema: nothing that opens a file or a connection of its own',
    open: true,
  },
  { name: 'i18n', holds: 'every sentence, a folder a language', open: true },
  { name: 'log', holds: 'winston, redaction, ring buffer, rotating file' },
  { name: 'platform', holds: 'what the system knows: shell, ports, network, Mach-O, files that are followed' },
  { name: 'settings', holds: 'the settings, their schema, defaults and stored form', open: true },
  { name: 'permission', holds: "macOS's permission for the local network" },
  { name: 'update', holds: "the app's newer versions: when to look, what to tell, why it failed" },
  { name: 'control', holds: "the channel of the owner's own processes to a running Gangway" },
  { name: 'mcp', holds: 'the protocol, pure: frames, revisions, codes, handshake' },
  { name: 'inspect', holds: 'the recorder: what passed, bounded; contents only where they are switched on, masked' },
  { name: 'dial', holds: 'how a connection goes out: names, routes, TLS, the HTTP/1 client and its pool' },
  { name: 'proxy', holds: 'outbound: CONNECT, absolute-form, SOCKS, TCP forwards, relay' },
  { name: 'gateway', holds: 'the one port: opening and moving it, listeners, guard, router' },
  { name: 'servers', holds: 'named MCP servers: a command or a URL' },
  { name: 'aggregate', holds: 'several servers behind one address, as one server' },
  { name: 'bridge', holds: 'inbound transports in front of a server, translation between revisions' },
  { name: 'connect', holds: '`mcp-gangway connect`: stdio in front of a running Gangway' },
  { name: 'clients', holds: 'MCP clients on this machine: files, formats, plans, undo' },
  { name: 'engine', holds: 'the one object that holds proxy, gateway, servers and bridge' },
  { name: 'doctor', holds: 'probes, rules from symptom to cause, report, verify' },
  { name: 'ipc', holds: 'the contract with windows; no Node imports' },
  { name: 'desktop', holds: 'the engine as a person uses it: controller, state, clients window' },
  { name: 'cli', holds: 'the command line' },
];

/** The room a file of the project belongs to; `main` and `renderer` stand above all of them. */
export function roomOf(file: string): string {
  const [top = '', room = '', ...rest] = file.split('/');
  if (top !== 'app') return top;
  return rest.length === 0 ? 'cli' : room;
}

/** Whether other rooms may import this file. */
export function isFace(file: string): boolean {
  const room = roomOf(file);
  const known = ROOMS.find(({ name }) => name === room);
  return known?.open === true || file.endsWith('/index.ts') || file === `app/${room}/${room}.ts`;
}

/** `electron [options] <app> [arguments of the app]`, as Electron's own executable reads it. */
export interface HostArguments {
  /** Switches for Chromium and for app.commandLine. */
  readonly switches: ReadonlyMap<string, string>;
  /** Modules to load before the app: `-r file`. */
  readonly required: readonly string[];
  /** Where a debugger may connect, when `--inspect` asks for it; 0 is any free port. */
  readonly inspectPort: number | undefined;
  /** The folder or file of the app. A packaged app has none: it knows where it is. */
  readonly app: string | undefined;
}

const inspectDefault = '9229';

export function readArguments(args: readonly string[]): HostArguments {
  const switches = new Map<string, string>();
  const required: string[] = [];
  let inspect: string | undefined;
  let app: string | undefined;
  const rest = args.values();
  for (const arg of rest) {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name === 'inspect') inspect = value ?? inspectDefault;
    else if (name !== undefined) switches.set(name, value ?? '');
    else if (arg === '-r') required.push(rest.next().value ?? '');
    else if (!arg.startsWith('-')) app ??= arg;
  }
  // The value of --inspect may carry a host, which is always this machine here.
  const inspectPort = inspect === undefined ? undefined : Number(inspect.split(':').at(-1));
  return { switches, required, inspectPort, app };
}

import type { Program } from '../entry/index.ts';
import type { NamedAddress } from './address.ts';

const PROGRAMS = /(?:^|[\\/])(?:ssh|sftp)(?:\.exe)?$/i;
/** The options that take a value (ssh(1), OpenSSH 10). */
const WITH_VALUE = /^-[BbcDEeFIiJLlmOoPpQRSWw]$/;
const PORT = 22;

/** `ssh [-p port] [user@]host …`, as the command or behind one; null where there is none. */
export function sshAddress({ command, args }: Pick<Program, 'command' | 'args'>): NamedAddress | null {
  const first = PROGRAMS.test(command) ? 0 : args.findIndex((arg) => PROGRAMS.test(arg)) + 1;
  if (first === 0 && !PROGRAMS.test(command)) return null;
  let port: { readonly number: number; readonly index: number; readonly start: number } | null = null;
  for (let index = first; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!arg.startsWith('-')) {
      const start = arg.lastIndexOf('@') + 1;
      return {
        host: arg.slice(start),
        port: port?.number ?? PORT,
        protocol: 'ssh',
        hostPlace: { spot: { in: 'args', index }, name: '', start, end: arg.length },
        portPlace:
          port === null
            ? null
            : {
                spot: { in: 'args', index: port.index },
                name: '-p',
                start: port.start,
                end: (args[port.index] ?? '').length,
              },
        portRoom: { kind: 'option', index: first, option: '-p' },
      };
    }
    const attached = /^(?:-p|-oPort=)(?=\d)/i.exec(arg)?.[0];
    if (attached !== undefined) port = { number: Number(arg.slice(attached.length)), index, start: attached.length };
    if (!WITH_VALUE.test(arg)) continue;
    index += 1;
    const value = args[index] ?? '';
    const start = arg === '-o' ? (/^Port[ =]/i.exec(value)?.[0].length ?? -1) : 0;
    if ((arg === '-p' || arg === '-o') && start >= 0 && /^\d+$/.test(value.slice(start))) {
      port = { number: Number(value.slice(start)), index, start };
    }
  }
  return null;
}

import { installed } from './installed.ts';
import type { ProxySubject } from './subject.ts';

const FILE = 'tinyproxy.conf';

/** Enough clients for the memory measure, and no log. */
const configuration = (port: number): string => `Port ${port}
Listen 127.0.0.1
MaxClients 4096
Timeout 600
LogLevel Critical
`;

export function tinyproxy(): ProxySubject {
  const program = installed('tinyproxy', '-v');
  if (!program) return { name: 'tinyproxy', command: null };
  return {
    name: `tinyproxy ${program.version}`,
    command: (port) => ({ command: program.path, args: ['-d', '-c', FILE], files: { [FILE]: configuration(port) } }),
  };
}

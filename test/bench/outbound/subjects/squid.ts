import { installed } from './installed.ts';
import type { ProxySubject } from './subject.ts';

const FILE = 'squid.conf';

/** A plain forward proxy: nothing cached, nothing logged, no helper processes, any port may be reached. */
const configuration = (port: number): string => `http_port 127.0.0.1:${port}
http_access allow all
cache deny all
access_log none
cache_log /dev/null
pid_filename none
pinger_enable off
max_filedescriptors 16384
shutdown_lifetime 0 seconds
`;

export function squid(): ProxySubject {
  const program = installed('squid', '-v');
  if (!program) return { name: 'squid', command: null };
  return {
    name: `squid ${program.version}`,
    command: (port) => ({ command: program.path, args: ['-N', '-f', FILE], files: { [FILE]: configuration(port) } }),
  };
}

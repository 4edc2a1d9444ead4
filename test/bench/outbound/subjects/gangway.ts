import type { Build } from '../../common/gangway.ts';
import type { ProxySubject } from './subject.ts';

/** A build of ours with everything left at its default. */
export function gangway({ name, cli }: Build): ProxySubject {
  if (cli === null) return { name, command: null };
  return {
    name,
    command: (port) => ({ command: process.execPath, args: [cli, 'serve', '-p', String(port)] }),
  };
}

import type { Command } from '../../common/program.ts';

/** A proxy that can be started on a port of 127.0.0.1, or that this machine does not have. */
export interface ProxySubject {
  /** Product and version, as the table's column. */
  readonly name: string;
  readonly command: ((port: number) => Command) | null;
}

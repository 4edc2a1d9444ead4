import type { Path } from '../document/index.ts';

/** A program and how it is started, whatever the client calls the keys. */
export interface Program {
  readonly kind: 'program';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | null;
}

/** What an entry of a client leads to. */
export type Launch =
  | Program
  /** A server behind an address, which the client connects to itself. */
  | { readonly kind: 'address'; readonly url: string }
  /** An extension the client brings along, or a notation of its own: shown, and left alone. */
  | { readonly kind: 'foreign' };

/** One server in a client's file. */
export interface Entry {
  readonly name: string;
  /** Where it stands. In a list the last step is a position. */
  readonly path: Path;
  /** The project it belongs to, for clients that keep servers per project; null when it is for all of them. */
  readonly project: string | null;
  /** False when the person has switched it off in the client. */
  readonly enabled: boolean;
  readonly launch: Launch;
}

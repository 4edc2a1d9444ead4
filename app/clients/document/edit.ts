import type { Table } from './value.ts';

/** The way to a value: keys of maps and positions in lists, from the top. */
export type Path = readonly (string | number)[];

/** One change of a document's value. Missing maps on the way to it are made. */
export type Edit =
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown }
  /** At the end of the list at `path`. */
  | { readonly kind: 'append'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: Path };

/** A part of a text, in UTF-16 units from its start; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a document breaks its format's rules. Both count from 1. */
export interface SyntaxFault {
  readonly line: number;
  readonly column: number;
}

export type Reading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'broken'; readonly fault: SyntaxFault };

/** Edits that are made in one go: all values that are set in one map belong together. */
export type Step =
  | { readonly kind: 'merge'; readonly path: Path; readonly entries: Table }
  | Exclude<Edit, { kind: 'set' }>;

/** One text format. What an edit does not name keeps every byte: order, comments, indentation, line breaks. */
export interface Format {
  /** The value a parser of the format sees; undefined when there is only white space and comments. */
  read(text: string): Reading;
  /** The text with one step made. Throws UneditableError where this text offers no safe place for it. */
  edit(text: string, step: Step): string;
  /** From the first to the last character that belongs to the value, its key included. Null when it is not there. */
  span(text: string, path: Path): Span | null;
}

/** The document is valid, but written in a way that this edit cannot be made in without touching something else. */
export class UneditableError extends Error {}

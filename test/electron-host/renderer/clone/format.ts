/** The JSON text that stands for a cloned value. */
export type CloneText = string;

/** What the text says: the value itself where it is a tree that JSON says in full, else its objects one by one. */
export type CloneContent =
  | { readonly plain: unknown }
  | { readonly top: CloneLeaf; readonly nodes: readonly CloneNode[] };

/** A value as JSON: itself, something JSON lacks, or the place of an object in the list of nodes. */
export type CloneLeaf =
  | null
  | string
  | boolean
  | number
  | { readonly undefined: true }
  | { readonly number: string }
  | { readonly bigint: string }
  | { readonly at: number };

/** An object as JSON. Objects are listed apart from where they are used, so that cycles and shared objects survive. */
export type CloneNode =
  | { readonly kind: 'array'; readonly length: number; readonly items: readonly (readonly [string, CloneLeaf])[] }
  | { readonly kind: 'object'; readonly items: readonly (readonly [string, CloneLeaf])[] }
  | { readonly kind: 'map'; readonly items: readonly (readonly [CloneLeaf, CloneLeaf])[] }
  | { readonly kind: 'set'; readonly items: readonly CloneLeaf[] }
  | { readonly kind: 'date'; readonly time: CloneLeaf }
  | { readonly kind: 'regexp'; readonly source: string; readonly flags: string }
  | { readonly kind: 'error'; readonly name: string; readonly message: string }
  | { readonly kind: 'buffer'; readonly base64: string }
  | {
      readonly kind: 'view';
      readonly type: string;
      readonly buffer: CloneLeaf;
      readonly offset: number;
      readonly bytes: number;
    };

import { sep } from 'node:path';

/** How a client writes a reference to a value that it fills in itself. */
export type ReferenceStyle =
  /** `${NAME}` and `${NAME:-default}`. */
  | 'braced'
  /** `$NAME`. */
  | 'bare'
  /** `${env:NAME}`, `${input:id}`, `${workspaceFolder}`: VS Code's notation. A plain `${NAME}` is text. */
  | 'scoped'
  /** `${{ secrets.NAME }}`. */
  | 'secrets'
  /** `{env:NAME}` and `{file:path}`. */
  | 'curly'
  /** `$(command)`: what a program prints. */
  | 'command';

/** The names that VS Code's notation has without a colon. */
const PREDEFINED = 'userHome|workspace\\w*|file\\w*|relativeFile\\w*|cwd|pathSeparator|defaultBuildTask|execPath|/';

/** What is longer is no reference: each beginning that never ends is looked behind so far and no further, in the file of a project as well. */
const MOST = '{0,1000}';

const PATTERNS: Readonly<Record<ReferenceStyle, string>> = {
  secrets: `\\$\\{\\{[^}]${MOST}\\}\\}`,
  scoped: `\\$\\{(?:env:(?<scoped>[^}:]{1,1000})|(?<predefined>${PREDEFINED})|[A-Za-z]{1,100}:[^}]${MOST})\\}`,
  braced: `\\$\\{(?<braced>[A-Za-z_]\\w*)(?::-[^}]${MOST})?\\}`,
  bare: '\\$(?<bare>[A-Za-z_]\\w*)',
  command: `\\$\\([^)]${MOST}\\)`,
  curly: `\\{(?:env:(?<curly>[^}]{1,1000})|file:[^}]${MOST})\\}`,
};

/** Longer notations first: `${{` begins like `${`. */
const ORDER: readonly ReferenceStyle[] = ['secrets', 'command', 'scoped', 'braced', 'bare', 'curly'];

export type Filled =
  | { readonly kind: 'text'; readonly text: string }
  /** `reference` as it is written: only the client knows what stands for it. */
  | { readonly kind: 'reference'; readonly reference: string };

/** What a value may be filled in from. */
export interface KnownValues {
  /** The variables of the entry itself. */
  readonly own: Readonly<Record<string, string>>;
  /** The home folder of the account, which is the same to every program; null when it is not known. */
  readonly home: string | null;
}

/**
 * A text as the client would hand it on. The entry's own variables and the home folder are filled in; the client's
 * environment is not ours, so any other reference is left to the client. Values are not filled in again.
 */
export function filledIn(text: string, styles: readonly ReferenceStyle[], known: KnownValues): Filled {
  if (styles.length === 0 || !/[${]/.test(text)) return { kind: 'text', text };
  const patterns = ORDER.filter((style) => styles.includes(style)).map((style) => PATTERNS[style]);
  const references = new RegExp(patterns.join('|'), 'g');
  let reference: string | null = null;
  const filled = text.replace(references, (written: string, ...rest: unknown[]) => {
    const value = valueFor(rest.at(-1), styles, known);
    if (value === null) reference ??= written;
    return value ?? '';
  });
  return reference === null ? { kind: 'text', text: filled } : { kind: 'reference', reference };
}

function valueFor(groups: unknown, styles: readonly ReferenceStyle[], { own, home }: KnownValues): string | null {
  const { scoped, predefined, braced, bare, curly } = groups as Readonly<Record<string, string | undefined>>;
  if (predefined === 'userHome') return home;
  if (predefined === 'pathSeparator' || predefined === '/') return sep;
  const name = scoped ?? braced ?? bare ?? curly;
  if (name === undefined) return null;
  const value = Object.hasOwn(own, name) ? own[name] : undefined;
  // One that refers to something itself is the client's matter.
  if (value !== undefined) return filledIn(value, styles, { own: {}, home }).kind === 'text' ? value : null;
  return name === 'HOME' ? home : null;
}

import { ownValue } from '../../base/own-value.ts';
import type { Launched } from '../launch/launcher.ts';
import { baseName, shellLine } from '../launch/wrappers.ts';

/** A program of a package registry and its arguments, whichever package runner starts it. */
export interface PackageRun {
  /** Without version, path and ending: `mcp-remote`. */
  readonly name: string;
  /** `npm` and `pypi` where the runner tells it; null for a program that was installed before. */
  readonly registry: 'npm' | 'pypi' | null;
  readonly args: readonly string[];
}

/** Runners of npm's packages, each with the words before its options. */
const NPM: Readonly<Record<string, readonly (readonly string[])[]>> = {
  npx: [[]],
  pnpx: [[]],
  bunx: [[]],
  npm: [['exec'], ['x']],
  pnpm: [['dlx'], ['exec']],
  yarn: [['dlx'], ['exec'], []],
  bun: [['x']],
};
/** Their options with a value (npm-exec(1)). */
const NPM_VALUES = /^(?:-p|--package|-w|--workspace|--registry|--prefix|-C|--cache|--userconfig)$/;

const PYPI: Readonly<Record<string, readonly (readonly string[])[]>> = {
  uvx: [[]],
  uv: [['tool', 'run'], ['run']],
  pipx: [['run']],
  poetry: [['run']],
  hatch: [['run']],
};
/** Options of uv and pipx with a value. */
const PYPI_VALUES =
  /^(?:--from|--with|--with-editable|--with-requirements|--python|-p|--index|--index-url|--default-index|--extra-index-url|-i|--directory|--project|--cache-dir|--spec|--pip-args|--env-file|--constraints|-c|--refresh-package|--extra|--group|-P|--upgrade-package)$/;

/** Options of Node with a value (node(1)). */
const NODE_VALUES = /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--title)$/;

/** Entry files of the bridges: a path says which package it belongs to. */
const ENTRY_FILE = /[\\/](mcp-remote|supergateway)[\\/]dist[\\/](?:proxy|index)\.js$/;

/** What a command line runs; null when it is no program of a package. */
export function packageRun({ program, rest }: Pick<Launched, 'program' | 'rest'>): PackageRun | null {
  const name = baseName(program);
  const [npm, pypi] = [ownValue(NPM, name), ownValue(PYPI, name)];
  if (npm !== undefined) return ofNpm(rest, npm);
  if (pypi !== undefined) return ofPypi(rest, pypi);
  if (/^(?:node|nodejs|tsx|bun)$/.test(name)) return ofNode(rest);
  if (name === 'deno') return ofDeno(rest);
  if (/^(?:python[\d.]*|pypy[\d.]*|py)$/.test(name)) return ofPython(rest);
  return { name, registry: null, args: rest };
}

function ofNpm(words: readonly string[], subcommands: readonly (readonly string[])[]): PackageRun | null {
  const call = words.findIndex((word) => word === '-c' || word === '--call');
  if (call !== -1) {
    const [first = '', ...args] = shellLine(words[call + 1] ?? '')?.words ?? [];
    return first === '' ? null : { name: nameIn(first), registry: 'npm', args };
  }
  const rest = behind(words, subcommands);
  const at = rest === null ? -1 : firstWord(rest, NPM_VALUES);
  if (rest === null || at === -1) return null;
  const args = rest.slice(at + 1);
  // `npm exec x -- --option`: what npm takes off.
  return { name: nameIn(rest[at] ?? ''), registry: 'npm', args: args[0] === '--' ? args.slice(1) : args };
}

function ofPypi(words: readonly string[], subcommands: readonly (readonly string[])[]): PackageRun | null {
  const plain = words.slice(Math.max(0, firstWord(words, PYPI_VALUES)));
  const rest = behind(subcommands.some(({ length }) => length > 0) ? plain : words, subcommands);
  const at = rest === null ? -1 : firstWord(rest, PYPI_VALUES);
  if (rest === null || at === -1) return null;
  const first = rest[at] ?? '';
  const args = rest.slice(at + 1);
  if (/^python[\d.]*$/.test(baseName(first))) return ofPython(args);
  return { name: nameIn(first), registry: 'pypi', args };
}

function ofNode(words: readonly string[]): PackageRun | null {
  const at = firstWord(words, NODE_VALUES);
  const script = words[at] ?? '';
  const name = ENTRY_FILE.exec(script)?.[1] ?? /[\\/]\.?bin[\\/](mcp-remote|supergateway)$/.exec(script)?.[1];
  return name === undefined ? null : { name, registry: 'npm', args: words.slice(at + 1) };
}

function ofDeno(words: readonly string[]): PackageRun | null {
  const at = words.findIndex((word) => word.startsWith('npm:'));
  return at === -1
    ? null
    : { name: nameIn((words[at] ?? '').slice('npm:'.length)), registry: 'npm', args: words.slice(at + 1) };
}

function ofPython(words: readonly string[]): PackageRun | null {
  const at = words.indexOf('-m');
  if (at !== -1)
    return { name: (words[at + 1] ?? '').replaceAll('_', '-'), registry: 'pypi', args: words.slice(at + 2) };
  const script = words.findIndex((word) => !word.startsWith('-'));
  const name = baseName(words[script] ?? '');
  return name === 'mcp-proxy' ? { name, registry: 'pypi', args: words.slice(script + 1) } : null;
}

/** The words behind a subcommand; null when none of them is there. */
function behind(words: readonly string[], subcommands: readonly (readonly string[])[]): readonly string[] | null {
  const found = subcommands.find((subcommand) => subcommand.every((word, at) => words[at] === word));
  return found === undefined ? null : words.slice(found.length);
}

/** Where the first word stands that is no option and no option's value; -1 when there is none. */
function firstWord(words: readonly string[], withValue: RegExp): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return at + 1 < words.length ? at + 1 : -1;
    if (!word.startsWith('-')) return at;
    if (withValue.test(word)) at++;
  }
  return -1;
}

/** `mcp-remote@latest`, `mcp-proxy==0.9.0`, `mcp-proxy[x]`, a path: the bare name. */
function nameIn(written: string): string {
  // A package of another author may have the same last name.
  if (written.startsWith('@')) return written;
  const name = baseName(written);
  return /^[a-z0-9._-]+(?=@|==|>=|~=|\[|$)/.exec(name)?.[0] ?? name;
}

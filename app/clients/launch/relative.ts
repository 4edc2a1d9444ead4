import { baseName, containerImageAt, runtimeOf, separated, wrapped } from './launcher.ts';

/** Options that say which folder is meant; with one of them, paths behind it are not the caller's matter. */
const FOLDER_OPTIONS = /^(?:--directory|--project|--prefix|--cwd|--chdir|--cd|--dir|-C)(?:=(?<value>.*))?$/;
/** Of these, uv and Poetry take a project without going there. */
const ONLY_PROJECT = /^--project(?:=|$)/;
const PACKAGE_RUNNERS = /^(?:npx|pnpx|bunx|uvx|pipx)$/;
const TASK_RUNNERS =
  /^(?:npm|pnpm|yarn|bun|make|just|task|cargo|go|swift|dotnet|mix|gradle|mvn|sbt|stack|cabal|dart|rake|bundle|composer|pipenv|poetry|hatch|pdm|rye|pixi|uv|deno|nix)$/;
/** What of these runs what is in the folder, by its first word. Those that are not here do so whatever they are told. */
const TASKS: Readonly<Record<string, RegExp>> = {
  npm: /^(?!x$|exec$|create$)/,
  pnpm: /^(?!x$|dlx$|exec$|create$)/,
  yarn: /^(?!dlx$|exec$|create$)/,
  bun: /^run$/,
  cargo: /^(?:run|r)$/,
  go: /^tool$/,
  swift: /^run$/,
  dotnet: /^(?:run|watch)$/,
  mix: /^(?:run|do|mcp.*)$/,
  dart: /^run$/,
  bundle: /^exec$/,
  composer: /^(?:run|run-script|exec)$/,
  poetry: /^run$/,
  hatch: /^(?:run|shell)$/,
  pdm: /^run$/,
  rye: /^run$/,
  pixi: /^(?:run|r)$/,
  pipenv: /^run$/,
  uv: /^run$/,
  deno: /^task$/,
  nix: /^(?!run$|shell$)/,
};
/** Options of `uv run` by which it does not need the project of its folder. */
const WITHOUT_PROJECT = /^(?:--no-project|--isolated|--script|-s|--with(?:=.*)?)$/;
const SOURCE = /\.(?:[cm]?[jt]sx?|py|jar|sh|rb|php|pl|lua|go|rs|exs?|swift|dart|jl|kts|csx?|fsx)$/i;
const DATA = /\.(?:jsonc?|json5|ya?ml|toml|ini|cfg|conf|db|sqlite3?|pem|crt)$|(?:^|[\\/])\.env(?:\.[\w-]+)*$/i;
/** Options of any program whose value is a path; `--path` alone may be that of an address. */
const PATH_OPTIONS =
  /^--?(?:[\w-]*-)?(?:file|files|dir|directory|folder|(?:db|file|config|data|storage|vault|repo|project|root)-?path|manifest-path|env-file-if-exists|cwd|chdir)$/i;
const PYTHON = /^(?:python[\d.]*|pypy[\d.]*|py)$/;
const NODE = /^(?:node|nodejs|tsx|ts-node)$/;
const JAVA = /^javaw?$/;
/** Modules that are found in the folder itself: packages that are installed have names of their own. */
const LOCAL_MODULE = /^(?:src|app|main|server|backend|lib|scripts?)(?:\.|$)/;

/**
 * The first word of a command that means something else in another folder: `./server`, `build/index.js`, `npm start`,
 * `-v ./data:/data`. Null when there is none, or when the command goes to a folder by itself.
 */
export function relativeWord(command: string, args: readonly string[]): string | null {
  const [first = command, ...rest] = separated(command, args);
  const inner = wrapped(first, rest);
  if (inner?.kind === 'line') {
    const { folder, words } = inner;
    const lineAt = rest.findIndex((word) => /\s/.test(word));
    const own = folderIn(rest.slice(0, Math.max(0, lineAt)));
    if (own !== null) return isRooted(own) ? null : own;
    if (folder !== null) return isRooted(folder) ? null : folder;
    return inLine(rest) ?? relativeWord(words[0] ?? '', words.slice(1));
  }
  if (inner?.kind === 'words') {
    const own = rest.slice(0, Math.max(0, rest.length - inner.words.length));
    const folder = /^(?:sudo|doas)$/.test(baseName(first)) ? null : folderIn(own);
    if (folder !== null) return isRooted(folder) ? null : folder;
    return inWrapper(baseName(first), own) ?? relativeWord(inner.words[0] ?? '', inner.words.slice(1));
  }
  if (isBelow(first) || (/[\\/]/.test(first) && !isRooted(first))) return first;
  const name = baseName(first);
  const runtime = runtimeOf(first);
  if (runtime === 'machine') return null;
  if (/^(?:docker|podman|nerdctl)-compose$/.test(name)) return inCompose([name], rest);
  if (runtime === 'container') return inContainer(name, rest);
  if (/^(?:cd|chdir|pushd)$/.test(name)) {
    const folder = rest.find((word) => !/^\/d$/i.test(word)) ?? '';
    if (!isRooted(folder)) return folder;
  }
  const skipped = PACKAGE_RUNNERS.test(name) ? rest.findIndex((word) => !word.startsWith('-')) : -1;
  const isInterpreter = PYTHON.test(name) || NODE.test(name) || JAVA.test(name);
  const folder = isInterpreter ? null : folderIn(skipped === -1 ? rest : rest.slice(0, skipped));
  if (folder !== null && !isRooted(folder)) return folder;
  if (folder !== null && !(/^(?:uv|poetry)$/.test(name) && rest.some((word) => ONLY_PROJECT.test(word)))) return null;
  return (folder === null ? taskOf(name, rest) : null) ?? scriptOf(name, rest) ?? inArguments(rest, skipped);
}

/** The first variable whose value means something else in another folder, as `NAME=./value`. */
export function relativeVariable(env: Readonly<Record<string, string>>): string | null {
  const found = Object.entries(env).find(([name, value]) =>
    /^(?:PYTHONPATH|NODE_PATH|CLASSPATH|RUBYLIB)$/.test(name)
      ? pathsIn(value).some((path) => !isRooted(path))
      : /^\.{1,2}[\\/]/.test(value),
  );
  return found === undefined ? null : found.join('=');
}

/** Whole, or with a reference in front that a shell or a client fills in. */
function isRooted(path: string): boolean {
  return /^(?:[\\/~$%{]|[A-Za-z]:|file:)/.test(path);
}

function isBelow(word: string): boolean {
  return /^\.{1,2}(?:[\\/]|$)/.test(word);
}

function isFile(word: string): boolean {
  return (SOURCE.test(word) || DATA.test(word)) && !isRooted(word) && !/^[@-]|:\/\/|\s/.test(word);
}

function pathsIn(list: string): readonly string[] {
  return list.split(/;/.test(list) || /^[A-Za-z]:[\\/]/.test(list) ? ';' : ':').filter((path) => path !== '');
}

/** The folder that options name. */
function folderIn(words: readonly string[]): string | null {
  const at = words.findIndex((word) => FOLDER_OPTIONS.test(word));
  return at === -1 ? null : (FOLDER_OPTIONS.exec(words[at] ?? '')?.groups?.['value'] ?? words[at + 1] ?? '');
}

/** What a line says before its last command: `. .venv/bin/activate`, `source x`, `A=./x`. */
function inLine(words: readonly string[]): string | null {
  for (const line of words.filter((word) => /\s/.test(word))) {
    const sourced = /(?:^|[;&|]\s*)(?:\.|source)\s+["']?([^\s;&|"']+)/.exec(line)?.[1];
    if (sourced !== undefined && !isRooted(sourced)) return sourced;
    const below = /(?:^|[\s;&|=<>("'])(\.{1,2}[\\/][^\s;&|"')]*)/.exec(line)?.[1];
    if (below !== undefined) return below;
  }
  return null;
}

/** Wrappers that read a file of their folder unless they are told another. */
const FILE_READERS = /^(?:dotenv|dotenvx|env-cmd|devbox|flox)$/;

/** Files and folders that a wrapper reads itself. */
function inWrapper(name: string, own: readonly string[]): string | null {
  if (name === 'direnv') {
    const folder = own.find((word) => word !== 'exec' && !word.startsWith('-'));
    if (folder !== undefined && !isRooted(folder)) return folder;
  }
  const isReader = FILE_READERS.test(name);
  for (const [at, word] of own.entries()) {
    const value = valueIn(word) || word;
    const isNamed = isReader && /^(?:-[ef]|--(?:env-?)?files?)$/.test(own[at - 1] ?? '');
    if (isNamed ? !isRooted(word) : isBelow(value) || isFile(value)) return value;
    if (/^[A-Za-z_]\w*=\.{1,2}[\\/]/.test(word)) return word;
  }
  return isReader && !own.some((word) => isRooted(valueIn(word) || word)) ? name : null;
}

function inContainer(name: string, rest: readonly string[]): string | null {
  const at = rest.indexOf('compose');
  if (at !== -1 && rest.slice(0, at).every((word, index) => index === at || word.startsWith('-'))) {
    return inCompose([name, 'compose'], rest.slice(at + 1));
  }
  const own = rest.slice(0, containerImageAt(rest));
  for (const [index, word] of own.entries()) {
    const [, option = word, inline] = /^(--?[\w-]+?)=(.*)$/s.exec(word) ?? [];
    const value = inline ?? own[index + 1] ?? '';
    if (/^(?:-[a-z]*v|--volume)$/.test(option) && isBelow(value.split(':')[0] ?? '')) return value;
    if (/^--mount$/.test(option)) {
      const source = /(?:^|,)(?:source|src)=([^,]*)/.exec(value)?.[1] ?? '';
      if (isBelow(source)) return source;
    }
    if (/^--(?:env-file|label-file|cidfile|volumes-from-file)$/.test(option) && !isRooted(value)) return value;
    const attached = /^-v(.+)$/s.exec(word)?.[1];
    if (attached !== undefined && isBelow(attached.split(':')[0] ?? '')) return attached;
  }
  return null;
}

/** Without a file or a folder, Compose looks for one where it is started. */
function inCompose(before: readonly string[], rest: readonly string[]): string | null {
  const value = (names: RegExp): string | undefined => {
    const at = rest.findIndex((word) => names.test(word));
    return at === -1 ? undefined : (/=(.*)$/s.exec(rest[at] ?? '')?.[1] ?? rest[at + 1] ?? '');
  };
  const place = value(/^--project-directory(?:=|$)/) ?? value(/^(?:-f|--file)(?:=|$)/);
  if (place === undefined) {
    const task = rest.find((word) => /^(?:run|exec|up)$/.test(word)) ?? rest[0] ?? '';
    return [...before, task].join(' ').trim();
  }
  return isRooted(place) ? null : place;
}

/** A task of the folder: `npm start`, `cargo run`, `make`, `uv run x`. */
function taskOf(name: string, rest: readonly string[]): string | null {
  if (!TASK_RUNNERS.test(name)) return null;
  const at = rest.findIndex((word) => !word.startsWith('-') && !word.startsWith('+'));
  const task = at === -1 ? '' : (rest[at] ?? '');
  const names = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined;
  if (names?.test(task) === false) return null;
  const more = rest.slice(at + 1);
  const manifest = more.findIndex((word) => /^--manifest-path(?:=|$)/.test(word));
  const named = /=(.*)$/s.exec(more[manifest] ?? '')?.[1] ?? more[manifest + 1] ?? '';
  if (manifest !== -1) return isRooted(named) ? null : named;
  // A script by its whole path brings its own project along, or needs none.
  if (name === 'uv' && more.some((word) => WITHOUT_PROJECT.test(word) || (isRooted(word) && SOURCE.test(word)))) {
    return null;
  }
  return [name, ...rest.slice(0, 2)].join(' ').trim();
}

/** The script or module that an interpreter starts. */
function scriptOf(name: string, rest: readonly string[]): string | null {
  const isPython = PYTHON.test(name);
  if (JAVA.test(name)) {
    const at = rest.findIndex((word) => /^(?:-cp|-classpath|--class-path)$/.test(word));
    return at === -1 ? null : (pathsIn(rest[at + 1] ?? '').find((path) => !isRooted(path)) ?? null);
  }
  if (!isPython && !NODE.test(name)) return null;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    const next = rest[at + 1] ?? '';
    if (isPython && word === '-m') return LOCAL_MODULE.test(next) ? `-m ${next}` : null;
    if (isPython ? word === '-c' : /^(?:-e|-p|-pe|--eval|--print)$/.test(word)) return null;
    // It reads the file .env of its folder.
    if (/^(?:-r|--require|--import)$/.test(word) && /^dotenv\/config/.test(next)) return next;
    const isBeforeValue = isPython
      ? /^-[WX]$/.test(word)
      : /^(?:-r|-C|--(?:require|import|loader|experimental-loader|conditions|env-file|env-file-if-exists|tsconfig|stack-size|inspect-port))$/.test(
          word,
        );
    if (isBeforeValue) {
      if (isBelow(next) || isFile(next)) return next;
      at += 1;
    } else if (!word.startsWith('-')) return isRooted(word) || /:\/\//.test(word) ? null : word;
    else if (isBelow(valueIn(word)) || isFile(valueIn(word))) return valueIn(word);
  }
  return null;
}

function valueIn(word: string): string {
  return /^--?[A-Za-z][\w.-]*=(.*)$/s.exec(word)?.[1] ?? '';
}

function inArguments(rest: readonly string[], skipped: number): string | null {
  for (const [index, word] of rest.entries()) {
    if (index === skipped) continue;
    if (isBelow(word) || isFile(word)) return word;
    const value = valueIn(word);
    if (isBelow(value) || isFile(value)) return value;
    const isPath = PATH_OPTIONS.test(value === '' ? (rest[index - 1] ?? '') : (word.split('=')[0] ?? ''));
    const path = value === '' ? word : value;
    if (isPath && path !== '' && !isRooted(path) && !/^-|:\/\//.test(path)) return path;
  }
  return null;
}

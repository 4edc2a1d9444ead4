import { basename, dirname, join, posix, win32 } from 'node:path';
import { codeOf } from '../../base/errno.ts';
import { isObject } from '../../base/schema/index.ts';
import { readEntries } from '../entry/entry.ts';
import { formatOf } from '../plan/ground.ts';
import { contentOf } from '../plan/record.ts';
import { type Client, type ClientId, filesOf, furtherFilesOf, type Home, inProject } from '../table/client.ts';
import { CLIENTS, OTHER_NOTATIONS } from '../table/clients.ts';
import { type Disk, PRIVATE, replaceFile } from './disk.ts';

/** A place that a person has chosen. What stands there may be the work of others. */
export type ChosenPlace =
  /** The folder of a project, whole. */
  | { readonly kind: 'folder'; readonly folder: string }
  /** One file, whole, and in whose notation it is; null to be told by its name and content. */
  | { readonly kind: 'file'; readonly file: string; readonly client: ClientId | null };

/** A place where a file of a client may be. */
export interface Candidate {
  readonly client: Client;
  readonly file: string;
  /** Which of the client's files it is: 0 for the likeliest, its path where there may be any number. */
  readonly fileIndex: number | string;
  /** Listed only while servers stand in it. */
  readonly isOptional: boolean;
  /** Null for the person's own files. */
  readonly place: ChosenPlace | null;
}

/** Name of the file that remembers what a person has chosen, in the folder of the journal. */
const REMEMBERED = 'places.json';

/** Folders and files that a `*` may stand for: far more than a person has profiles. */
const MOST_MATCHES = 100;

/** The rules by which files are looked for. */
const RULES: readonly Client[] = [...CLIENTS, ...OTHER_NOTATIONS];

/** Where files of clients are looked for: by the table, and where a person has said so. */
export class Places {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #home: Home;

  constructor(disk: Disk, folder: string, home: Home) {
    this.#disk = disk;
    this.#folder = folder;
    this.#home = home;
  }

  /** Every place, each once. */
  async all(): Promise<readonly Candidate[]> {
    const own = RULES.map((client) => this.#placesOf(client));
    const chosen = (await this.remembered()).map((place) => this.of(place));
    const all = (await Promise.all([...own, ...chosen])).flat();
    return [...new Map(all.toReversed().map((one) => [idOf(one.client.id, one.file), one])).values()].toReversed();
  }

  async #placesOf(client: Client): Promise<readonly Candidate[]> {
    const likely = filesOf(client, this.#home).map(
      (file, fileIndex): Candidate => ({ client, file, fileIndex, isOptional: false, place: null }),
    );
    const further = await Promise.all(furtherFilesOf(client, this.#home).map((pattern) => this.#filesAt(pattern)));
    return [
      ...likely,
      ...further.flat().map((file): Candidate => ({ client, file, fileIndex: file, isOptional: true, place: null })),
    ];
  }

  async #filesAt(pattern: string): Promise<readonly string[]> {
    // One folder of any name, or one file whose name ends so.
    const [, above, end = '', below = ''] = /^([^*]*)[\\/]\*([^\\/]*)(?:[\\/](.*))?$/.exec(pattern) ?? [];
    if (above === undefined) return [pattern];
    const names = (await this.#disk.list(above)).filter((name) => name.endsWith(end));
    return names.slice(0, MOST_MATCHES).map((name) => join(above, name, below));
  }

  /** Where files are in a chosen place. */
  async of(place: ChosenPlace): Promise<readonly Candidate[]> {
    if (place.kind === 'file') {
      const client = await this.#clientFor(place);
      const { file } = place;
      return client === null ? [] : [{ client, file, fileIndex: file, isOptional: false, place }];
    }
    const { folder } = place;
    const found = RULES.flatMap((client) =>
      (client.project ?? []).map(async (below): Promise<readonly Candidate[]> => {
        const files = await this.#filesAt(join(folder, ...below.split('/')));
        return files.map((file) => ({
          client: inProject(client, folder),
          file,
          fileIndex: file,
          isOptional: true,
          place,
        }));
      }),
    );
    return (await Promise.all(found)).flat();
  }

  /** In whose notation a file is: by its place, else by its format and its keys. Null when no client has such a file. */
  async #clientFor({ file, client }: ChosenPlace & { readonly kind: 'file' }): Promise<Client | null> {
    const known = CLIENTS.find(({ id }) => id === client);
    const named = CLIENTS.find((one) => filesOf(one, this.#home).includes(file));
    const inFolder = RULES.flatMap((one) =>
      (known ?? one).id === one.id ? [...(one.project ?? [])].flatMap((below) => ruleAt(one, file, below)) : [],
    );
    const [first, ...others] = inFolder;
    if (others.length === 0) return first ?? known ?? named ?? clientByContent(file, await this.#text(file));
    // Two clients have a file of this name: it is that of the one whose servers stand in it.
    const text = await this.#text(file);
    return inFolder.find((rule) => hasServers(rule, text)) ?? first ?? null;
  }

  async #text(file: string): Promise<string> {
    try {
      const { isFile = true, size = 0 } = await this.#disk.facts(file);
      return isFile && size <= MOST_BYTES ? (contentOf(await this.#disk.read(file))?.text ?? '') : '';
    } catch (error) {
      if (codeOf(error) === null) throw error;
      return '';
    }
  }

  /** What a person has chosen so far. */
  async remembered(): Promise<readonly ChosenPlace[]> {
    try {
      return placesIn(JSON.parse((await this.#disk.read(join(this.#folder, REMEMBERED))).toString('utf8')));
    } catch (error) {
      // Without the file nothing was chosen, and one that cannot be read holds nothing that a person could not choose again.
      if (codeOf(error) === null && !(error instanceof SyntaxError)) throw error;
      return [];
    }
  }

  async remember(place: ChosenPlace): Promise<void> {
    const known = await this.remembered();
    if (known.some((one) => isSamePlace(one, place))) return;
    await this.#write([...known, place]);
  }

  async forget(place: ChosenPlace): Promise<void> {
    const known = await this.remembered();
    await this.#write(known.filter((one) => !isSamePlace(one, place)));
  }

  async #write(places: readonly ChosenPlace[]): Promise<void> {
    await this.#disk.makeFolder(this.#folder);
    const text = `${JSON.stringify({ places }, null, 2)}\n`;
    await replaceFile(this.#disk, join(this.#folder, REMEMBERED), Buffer.from(text), PRIVATE);
  }
}

/** Bytes of the largest file that is read in a place that others may have written. */
export const MOST_BYTES = 4 * 1024 * 1024;

/** Names one file of one client. */
function idOf(client: ClientId, file: string): string {
  return `${client}\0${file}`;
}

function placesIn(value: unknown): readonly ChosenPlace[] {
  const list = isObject(value) ? value['places'] : null;
  return (Array.isArray(list) ? list : []).flatMap((one: unknown): ChosenPlace[] => {
    if (!isObject(one)) return [];
    const { kind, folder, file, client } = one;
    if (kind === 'folder' && typeof folder === 'string') return [{ kind, folder }];
    const known = CLIENTS.find(({ id }) => id === client);
    return kind === 'file' && typeof file === 'string' ? [{ kind, file, client: known?.id ?? null }] : [];
  });
}

function isSamePlace(left: ChosenPlace, right: ChosenPlace): boolean {
  return pathOf(left) === pathOf(right) && left.kind === right.kind;
}

function pathOf(place: ChosenPlace): string {
  return place.kind === 'folder' ? place.folder : place.file;
}

/** The rule of a project's file when the path is that of one: `.vscode/mcp.json` in any folder. */
function ruleAt(client: Client, file: string, below: string): Client[] {
  const parts = below.split('/');
  const folder = parts.reduce<string>((path) => dirname(path), file);
  const last = parts.at(-1) ?? '';
  const isNamed = last.startsWith('*') ? file.endsWith(last.slice(1)) : basename(file) === last;
  const isThere = isNamed && dirname(file) === join(folder, ...parts.slice(0, -1));
  return isThere && (parts.length > 1 || below.startsWith('.')) ? [inProject(client, folder)] : [];
}

function hasServers(client: Client, text: string): boolean {
  const reading = formatOf(client).read(text);
  return reading.kind === 'value' && readEntries(client, reading.value).length > 0;
}

/** Names that tell whose file it is wherever it lies. */
const BY_NAME: Readonly<Record<string, ClientId>> = {
  'claude_desktop_config.json': 'claude-desktop',
  '.claude.json': 'claude-code',
  '.mcp.json': 'claude-code',
  'cline_mcp_settings.json': 'cline',
  'opencode.json': 'opencode',
  'opencode.jsonc': 'opencode',
  'crush.json': 'crush',
  'openclaw.json': 'openclaw',
};

/** In their order: what most clients have comes last. */
const BY_KEY: readonly (readonly [Client['format'], string, ClientId])[] = [
  ['json', 'servers', 'vscode'],
  ['json', 'context_servers', 'zed'],
  ['json', 'amp.mcpServers', 'amp'],
  ['json', 'mcp', 'opencode'],
  ['json', 'mcpServers', 'cursor'],
  ['yaml', 'extensions', 'goose'],
  ['yaml', 'mcp_servers', 'hermes'],
  ['yaml', 'mcpServers', 'continue'],
  ['toml', 'mcp_servers', 'codex'],
];

function clientByContent(file: string, text: string): Client | null {
  const name = Object.hasOwn(BY_NAME, basename(file)) ? BY_NAME[basename(file)] : undefined;
  if (name !== undefined) return CLIENTS.find(({ id }) => id === name) ?? null;
  const format = /\.toml$/i.test(file) ? 'toml' : /\.ya?ml$/i.test(file) ? 'yaml' : 'json';
  const candidates = BY_KEY.filter(([of]) => of === format);
  const [first] = candidates;
  const reading = formatOf({ format }).read(text);
  const value = reading.kind === 'value' && isObject(reading.value) ? reading.value : {};
  const found = candidates.find(([, key]) => Object.hasOwn(value, key));
  if (found?.[2] === 'codex' && Array.isArray(value['mcp_servers'])) {
    return CLIENTS.find(({ id }) => id === 'mistral-vibe') ?? null;
  }
  // One that cannot be read is shown with its mistake.
  const id = found?.[2] ?? (reading.kind === 'broken' ? first?.[2] : undefined);
  return CLIENTS.find((client) => client.id === id) ?? null;
}

/** A server that Claude Desktop has installed as an extension (`.mcpb`, before `.dxt`). It stands in no file that can be edited. */
export interface Extension {
  readonly name: string;
  /** As its manifest has it: nothing is filled in. */
  readonly command: string;
  readonly isEnabled: boolean;
}

/** Extensions that are listed. */
const MOST_EXTENSIONS = 200;

/** The folder that Claude Desktop unpacks extensions in, one below it for each. */
export function extensionsFolder({ folder, platform, env }: Home): string {
  const path = platform === 'win32' ? win32 : posix;
  const claude =
    platform === 'darwin'
      ? path.join(folder, 'Library', 'Application Support')
      : platform === 'win32'
        ? env['APPDATA'] || path.join(folder, 'AppData', 'Roaming')
        : env['XDG_CONFIG_HOME'] || path.join(folder, '.config');
  return path.join(claude, 'Claude', 'Claude Extensions');
}

/** What is installed, by name. Manifests come from elsewhere: what is none, or is too large, is left out. */
export async function readExtensions(disk: Disk, home: Home): Promise<readonly Extension[]> {
  const folder = extensionsFolder(home);
  const { join } = home.platform === 'win32' ? win32 : posix;
  const ids = (await disk.list(folder)).slice(0, MOST_EXTENSIONS);
  const read = await Promise.all(
    ids.map(async (id) => {
      const manifest = await objectIn(disk, join(folder, id, 'manifest.json'));
      const settings = await objectIn(disk, join(`${folder} Settings`, `${id}.json`));
      return manifest === null ? null : extensionIn(manifest, settings?.['isEnabled'] !== false);
    }),
  );
  return read
    .filter((extension) => extension !== null)
    .sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
}

function extensionIn(manifest: Readonly<Record<string, unknown>>, isEnabled: boolean): Extension | null {
  const { name, display_name: title, server } = manifest;
  const shown = typeof title === 'string' && title.trim() !== '' ? title : name;
  if (typeof shown !== 'string' || shown === '') return null;
  const config = isObject(server) && isObject(server['mcp_config']) ? server['mcp_config'] : {};
  const { command, args } = config;
  const words = [command, ...(Array.isArray(args) ? args : [])].filter((word) => typeof word === 'string');
  return { name: shown, command: words.join(' '), isEnabled };
}

async function objectIn(disk: Disk, file: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const { isFile = true, size = 0 } = await disk.facts(file);
    if (!isFile || size > MOST_BYTES) return null;
    const value: unknown = JSON.parse((await disk.read(file)).toString('utf8'));
    return isObject(value) ? value : null;
  } catch (error) {
    if (codeOf(error) === null && !(error instanceof SyntaxError)) throw error;
    return null;
  }
}

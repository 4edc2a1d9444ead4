import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Where the accounts of a system are read from. */
export interface AccountSources {
  readonly platform: NodeJS.Platform;
  /** The text of a file; rejects when there is none. */
  readFile(path: string): Promise<string>;
  /** What a program prints; rejects when it fails. */
  run(program: string, args: readonly string[]): Promise<string>;
  exists(path: string): boolean;
}

/** What distinguishes the account of a person from that of a service. */
interface Account {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

/** Milliseconds a directory service may take to answer. */
const PATIENCE = 3_000;
/** The first that Linux gives to people (UID_MIN of login.defs(5)); the account named nobody comes after the last. */
const FIRST_ON_LINUX = 1_000;
const NOBODY_ON_LINUX = 65_534;
/** The first that macOS gives to people. */
const FIRST_ON_MAC = 501;
const NO_LOGIN = /\/(?:nologin|false|sync|halt|shutdown)$/;

/**
 * The people who can log in to this machine, by account name: on macOS those of Directory Services with a home in /Users, on
 * Linux those of /etc/passwd with a login shell and a home. Accounts of a network directory that have never logged in are not
 * among them. Empty on other systems, and when the list cannot be read.
 */
export async function peopleHere(sources: AccountSources = systemSources()): Promise<readonly string[]> {
  try {
    const accounts = await accountsOf(sources);
    return accounts.filter(({ home }) => sources.exists(home)).map(({ name }) => name);
  } catch {
    // Without the list there is nothing to offer.
    return [];
  }
}

async function accountsOf(sources: AccountSources): Promise<readonly Account[]> {
  switch (sources.platform) {
    case 'darwin':
      return accountsOnMac(sources);
    case 'linux':
      return accountsIn(await sources.readFile('/etc/passwd'));
    default:
      return [];
  }
}

/** Lines of passwd(5): name, password, uid, gid, comment, home, shell. An empty shell is /bin/sh. */
function accountsIn(passwd: string): readonly Account[] {
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .flatMap(([name = '', , id = '', , , home = '', shell = '']) => {
      const uid = /^\d+$/.test(id) ? Number(id) : -1;
      const isPerson = uid >= FIRST_ON_LINUX && uid !== NOBODY_ON_LINUX && name !== '' && !NO_LOGIN.test(shell);
      return isPerson && home !== '' ? [{ name, uid, home }] : [];
    });
}

async function accountsOnMac({ run }: AccountSources): Promise<readonly Account[]> {
  const list = (key: string): Promise<string> => run('/usr/bin/dscl', ['.', '-list', '/Users', key]);
  const [ids, homes] = await Promise.all([list('UniqueID'), list('NFSHomeDirectory')]);
  const homeOf = new Map(pairsIn(homes));
  return pairsIn(ids).flatMap(([name, id]) => {
    const home = homeOf.get(name) ?? '';
    const uid = Number(id);
    return uid >= FIRST_ON_MAC && !name.startsWith('_') && home.startsWith('/Users/') ? [{ name, uid, home }] : [];
  });
}

/** dscl prints a name, spaces, and a value, which may hold spaces itself. */
function pairsIn(text: string): readonly (readonly [string, string])[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(\S+)\s+(.*?)\s*$/.exec(line);
    return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
  });
}

function systemSources(): AccountSources {
  const run = promisify(execFile);
  return {
    platform: process.platform,
    // A small local file; the first use of the thread pool would start all its threads.
    readFile: async (path) => readFileSync(path, 'utf8'),
    run: async (program, args) => (await run(program, [...args], { timeout: PATIENCE })).stdout,
    exists: (path) => existsSync(path),
  };
}

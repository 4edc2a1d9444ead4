import fs from 'node:fs';
import type { LocalNetworkRule } from './system/local-network.ts';

/** Width and height in points, and how many pixels a point has. */
export interface DisplaySize {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** Debian's Chromium, the whole browser. */
const BROWSER = '/usr/bin/chromium';
/** Its pages without the browser around them, which take half the processor time. */
const HEADLESS_SHELL = '/usr/lib/chromium/chromium-headless-shell';

const {
  ELECTRON_HOST_CHROMIUM = fs.existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : BROWSER,
  ELECTRON_HOST_DISPLAY = '1440x900@1',
  ELECTRON_HOST_KEYRING,
  ELECTRON_HOST_LOCAL_NETWORK,
  ELECTRON_HOST_MISUSE,
  ELECTRON_HOST_PACKAGED,
  ELECTRON_HOST_PLATFORM = 'darwin',
  ELECTRON_HOST_RESOURCES,
  ELECTRON_HOST_VERBOSE,
} = process.env;

/** What the environment may say to the stand-in; README.md lists the variables. */
export const settings = {
  chromium: ELECTRON_HOST_CHROMIUM,
  /** For tests of what a browser does: extensions, downloads, what it sends for an address that is typed. */
  browser: BROWSER,
  display: readDisplay(ELECTRON_HOST_DISPLAY),
  /** The account has a keyring, so that `safeStorage` encrypts. */
  keyring: ELECTRON_HOST_KEYRING === '1',
  /** A home network behind a permission of macOS, instead of this machine's; null for this machine's. */
  localNetwork: readRule(ELECTRON_HOST_LOCAL_NETWORK),
  /** A file to write violations to, one JSON string a line. */
  misuseFile: ELECTRON_HOST_MISUSE,
  /** The app is to believe that it is installed, though it runs from its sources. */
  packaged: ELECTRON_HOST_PACKAGED === '1',
  /** What `process.platform` says; everything else stays as on a Mac. */
  platform: ELECTRON_HOST_PLATFORM,
  /** What `process.resourcesPath` says of an app that runs from its sources. */
  resources: ELECTRON_HOST_RESOURCES,
  /** Chromium's own chatter goes to stderr. */
  verbose: ELECTRON_HOST_VERBOSE === '1',
} as const;

function readDisplay(text: string): DisplaySize {
  const [, width, height, scale] = /^(\d+)x(\d+)@(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (width === undefined || height === undefined || scale === undefined) {
    throw new Error(`ELECTRON_HOST_DISPLAY is '${text}'; it has to read like 1440x900@2`);
  }
  return { width: Number(width), height: Number(height), scale: Number(scale) };
}

function readRule(text: string | undefined): LocalNetworkRule | null {
  if (text === undefined || text === 'allows' || text === 'refuses' || text === 'silent') return text ?? null;
  throw new Error(`ELECTRON_HOST_LOCAL_NETWORK is '${text}'; it has to be allows, refuses or silent`);
}

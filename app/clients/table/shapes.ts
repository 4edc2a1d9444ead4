import type { Platform, RemoteShape, StdioShape } from './client.ts';

/** Claude Desktop's notation, which most others took over. */
export const STDIO: StdioShape = {
  command: 'command',
  args: 'args',
  env: 'env',
  cwd: 'cwd',
  fixed: {},
  extra: {},
  only: [],
  outside: [],
};
export const STDIO_WITHOUT_CWD: StdioShape = { ...STDIO, cwd: null };
export const ENV_FILE = { only: ['envFile'], outside: [{ key: 'envFile', from: 'file' }] } as const;
export const URL: RemoteShape = { url: 'url', headers: ['headers'], fixed: {}, extra: {}, required: {} };
export const TYPED_URL: RemoteShape = { ...URL, fixed: { type: 'http' } };
export const SERVER_URL: RemoteShape = { ...URL, url: 'serverUrl' };
export const DISABLED = { key: 'disabled', value: true } as const;
export const NOT_ENABLED = { key: 'enabled', value: false } as const;
/** Who signs in; Google's own credentials are the client's. */
export const PROVIDER = { key: 'authProviderType', from: 'client', unless: 'dynamic_discovery' } as const;

export function everywhere(...files: readonly string[]): Readonly<Record<Platform, readonly string[]>> {
  return { darwin: files, linux: files, win32: files };
}

/** A file below VS Code's folder of the person's settings, and others that do not depend on the system. */
export function inVsCode(file: string, ...others: readonly string[]): Readonly<Record<Platform, readonly string[]>> {
  return {
    darwin: [`~/Library/Application Support/Code/User/${file}`, ...others],
    linux: [`$XDG_CONFIG_HOME/Code/User/${file}`, ...others],
    win32: [`%APPDATA%/Code/User/${file}`, ...others],
  };
}

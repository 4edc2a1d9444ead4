/**
 * Whether this version of Node takes its proxy from the environment for fetch, http and https alike: since 22.21 and 24.5.
 * Node 23 never learned it; 24.0 to 24.4 know it for fetch only.
 */
export function readsProxyVariables(version: string): boolean {
  const [, major = '0', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  const [release, update] = [Number(major), Number(minor)];
  if (release === 22) return update >= 21;
  if (release === 24) return update >= 5;
  return release > 24;
}

import { describe, expect, it } from 'vitest';
import { placeFor } from '../../../app/cli/connect.ts';
import { appFolder, shimCommand } from '../../../app/shim/index.ts';
import { bundleAround } from '../../../app/shim/start-app.ts';

describe('Where the app is', () => {
  it('has its data in the folder that Electron gives it', () => {
    const home = '/home/ada';
    expect(appFolder({ platform: 'darwin', home, env: {} })).toBe('/home/ada/Library/Application Support/MCP Gangway');
    expect(appFolder({ platform: 'linux', home, env: {} })).toBe('/home/ada/.config/MCP Gangway');
    expect(appFolder({ platform: 'linux', home, env: { XDG_CONFIG_HOME: '/cfg' } })).toBe('/cfg/MCP Gangway');
    expect(appFolder({ platform: 'win32', home, env: { APPDATA: '/roaming' } })).toContain('roaming');
  });

  const found = { host: '0.0.0.0', port: 9000, token: 'secret' };
  const nothing = { host: null, port: null, token: null };

  it.each([
    ['what the app says', nothing, found, { host: '127.0.0.1', port: 9000, token: 'secret' }],
    ['the usual place', nothing, null, { host: '127.0.0.1', port: 28080, token: null }],
    ['what is given', { host: '::1', port: 9000, token: 'mine' }, found, { host: '::1', port: 9000, token: 'mine' }],
    [
      'a token for its own port only',
      { ...nothing, port: 9001 },
      found,
      { host: '127.0.0.1', port: 9001, token: null },
    ],
    ['the only IPv6 one', nothing, { ...found, host: '::' }, { host: '::1', port: 9000, token: 'secret' }],
  ])('is %s', (_what, given, announced, place) => {
    expect(placeFor(given, announced)).toEqual(place);
  });

  it('is opened as the bundle that we are part of', () => {
    const bundle = '/Applications/MCP Gangway.app';
    expect(bundleAround(`${bundle}/Contents/Resources/bin/cli.cjs`)).toBe(bundle);
    expect(bundleAround('/home/ada/mcp-gangway/out/cli.cjs')).toBeNull();
  });
});

describe('What a config names', () => {
  it('is the program in the app, which opens the app on a Mac', () => {
    const resources = '/Applications/MCP Gangway.app/Contents/Resources';
    expect(shimCommand({ resources, app: '/x', platform: 'darwin' })).toEqual({
      command: `${resources}/bin/mcp-gangway`,
      args: ['connect', '--start'],
    });
    expect(shimCommand({ resources: '/opt/gw/resources', app: '/x', platform: 'linux' }).args).toEqual(['connect']);
  });

  it('is the checkout with its own Node where the app runs from one', () => {
    expect(shimCommand({ resources: null, app: '/src', platform: 'linux' })).toEqual({
      command: '/src/node_modules/node/bin/node',
      args: ['/src/out/cli.cjs', 'connect'],
    });
  });
});

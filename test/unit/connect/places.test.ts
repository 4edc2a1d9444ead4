import { describe, expect, it } from 'vitest';
import { appFolder } from '../../../app/base/home-folder.ts';
import { addressFor } from '../../../app/cli/instance.ts';
import { shimCommand } from '../../../app/connect/index.ts';
import { bundleAround } from '../../../app/connect/installed-app.ts';

describe('Where the app is', () => {
  it('has its data in the folder that Electron gives it', () => {
    const home = '/home/ada';
    expect(appFolder({ platform: 'darwin', home, env: {} })).toBe('/home/ada/Library/Application Support/MCP Gangway');
    expect(appFolder({ platform: 'linux', home, env: {} })).toBe('/home/ada/.config/MCP Gangway');
    expect(appFolder({ platform: 'linux', home, env: { XDG_CONFIG_HOME: '/cfg' } })).toBe('/cfg/MCP Gangway');
    expect(appFolder({ platform: 'win32', home, env: { APPDATA: '/roaming' } })).toContain('roaming');
  });

  const found = { pid: 1, place: { host: '0.0.0.0', port: 9000 }, control: false };
  const nothing = { host: null, port: null, token: null };

  it.each([
    ['what an app without a control socket says', nothing, found, { host: '127.0.0.1', port: 9000, token: null }],
    ['the usual place', nothing, null, { host: '127.0.0.1', port: 28080, token: null }],
    [
      'the usual place where the app has a control socket, which tells better',
      nothing,
      { ...found, control: true },
      { host: '127.0.0.1', port: 28080, token: null },
    ],
    ['what is given', { host: '::1', port: 9000, token: 'mine' }, found, { host: '::1', port: 9000, token: 'mine' }],
    [
      'the only IPv6 one',
      nothing,
      { ...found, place: { host: '::', port: 9000 } },
      { host: '::1', port: 9000, token: null },
    ],
    [
      'without the token where no part of the address was named',
      { ...nothing, token: 'mine' },
      found,
      { host: '127.0.0.1', port: 9000, token: null },
    ],
    [
      'with the token nothing that was found: the host of an announcement may be another machine by now',
      { ...nothing, port: 9000, token: 'mine' },
      { ...found, place: { host: '192.0.2.7', port: 9000 } },
      { host: '127.0.0.1', port: 9000, token: 'mine' },
    ],
    [
      'with the token the host that was named, on the usual port',
      { host: '192.0.2.9', port: null, token: 'mine' },
      found,
      { host: '192.0.2.9', port: 28080, token: 'mine' },
    ],
  ])('is %s', (_what, parsed, announced, place) => {
    expect(addressFor(parsed, announced)).toEqual(place);
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

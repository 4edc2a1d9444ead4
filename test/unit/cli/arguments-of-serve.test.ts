import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../app/cli/secrets.ts';
import { DEFAULT_SETTINGS } from '../../../app/settings/settings.ts';
import { complaint, parse, settingsOf } from '../../support/parsed-arguments.ts';

describe('without arguments', () => {
  it('serves with the defaults', () => {
    expect(parse([])).toEqual({
      kind: 'serve',
      settings: DEFAULT_SETTINGS,
      tokensFile: null,
      warnings: [],
      logFile: null,
      configFile: null,
      noSpare: false,
      drain: 0,
    });
    expect(parse(['serve'])).toEqual(parse([]));
  });
});

describe('--no-spare', () => {
  it('keeps no process ready for the server of --sse, nor for those of a file', () => {
    expect(settingsOf(['--sse', 'x']).servers).toMatchObject([{ spare: true }]);
    expect(parse(['--no-spare', '--config', 'f', '--sse', 'x'])).toMatchObject({
      noSpare: true,
      settings: { servers: [{ spare: false }] },
    });
  });
});

describe('--trust', () => {
  const digits = 'ab'.repeat(32);

  it('is the fingerprint of the one certificate that the https server of --sse may show', () => {
    const written = (digits.toUpperCase().match(/../g) ?? []).join(':');
    expect(settingsOf(['--trust', written, '--sse', 'https://nas.lan/mcp']).servers).toMatchObject([
      { url: 'https://nas.lan/mcp', tls: { fingerprint: digits } },
    ]);
  });

  it.each([
    [['--trust', digits]],
    [['--trust', digits, '--sse', 'http://nas.lan/mcp']],
    [['--trust', digits, '--sse', 'node']],
    [['--trust', 'ab:cd', '--sse', 'https://nas.lan/mcp']],
  ])('is refused where it can mean nothing: %s', (argv) => {
    expect(complaint(argv)).toMatch(/^--trust cannot be ".*": a SHA-256 fingerprint of 64 hexadecimal digits/);
  });
});

describe('--lan-credentials', () => {
  it('lets other machines use the server with a URL behind --sse as its owner', () => {
    expect(settingsOf(['--lan-credentials', '--sse', 'https://nas.lan/mcp']).servers).toMatchObject([
      { url: 'https://nas.lan/mcp', lanCredentials: true },
    ]);
  });

  it.each([[['--lan-credentials']], [['--lan-credentials', '--sse', 'node']]])('is refused in %s', (argv) => {
    expect(complaint(argv)).toContain('"lanCredentials": true');
  });
});

describe('the port', () => {
  it.each([['-p', '9000'], ['-p9000'], ['--port', '9000'], ['--port=9000']])('is understood as %s %s', (...argv) => {
    expect(settingsOf(argv.filter((argument) => argument !== undefined)).port).toBe(9000);
  });

  it('given twice is the last one', () => expect(settingsOf(['-p', '1', '--port=2']).port).toBe(2));

  it.each(['0', '65536', 'http', '80.5', '1e3', '99999999', ' 80', '0x50', '８０'])('is not %s', (value) => {
    expect(complaint(['-p', value])).toBe(`--port cannot be "${value}": a port is a number from 1 to 65535.`);
  });

  it.each([[['-p']], [['--port']], [['--port=']], [['--port', '']]])('needs a value: %s', (argv) => {
    expect(complaint(argv)).toMatch(/^(-p|--port) needs a value: (-p|--port) PORT\.$/);
  });

  it('does not swallow the option behind it silently', () => {
    expect(complaint(['--port', '--host', '::1'])).toBe('--port needs a value: --port PORT.');
    expect(complaint(['-p', '-1'])).toBe('-p needs a value: -p PORT.');
    expect(settingsOf(['--token=-abc']).token).toBe('-abc');
  });
});

describe('the host', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.1.2.3', '127.1.2.3'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['LOCALHOST', 'localhost'],
  ])('%s is loopback and needs no token', (written, host) => expect(settingsOf(['--host', written]).host).toBe(host));

  it.each(['0.0.0.0', '::', '192.168.1.5', 'mac.local', 'fd00::1', '128.0.0.1'])('%s needs a token', (host) => {
    expect(complaint(['--host', host])).toMatch(/token is needed.*openssl rand -hex 32/);
    expect(settingsOf(['--host', host, '--token', 'abc']).host).toBe(host);
    expect(settingsOf(['--host', host], { MCP_GANGWAY_TOKEN: 'abc' }).token).toBe('abc');
  });

  it.each(['', 'a b', 'http://x', '1.2.3.4:80', '[nas.lan]', '1.2.3', '::g', 'a/b', '-x'])('is not "%s"', (host) => {
    expect(complaint([`--host=${host}`])).toMatch(/^--host (cannot be|needs)/);
  });
});

describe('the token', () => {
  it('comes from the option, else from the environment', () => {
    expect(settingsOf(['--token', 'abc']).token).toBe('abc');
    expect(settingsOf([], { MCP_GANGWAY_TOKEN: 'env' }).token).toBe('env');
    expect(settingsOf(['--token', 'abc'], { MCP_GANGWAY_TOKEN: 'env' }).token).toBe('abc');
    expect(settingsOf([], { MCP_GANGWAY_TOKEN: '' }).token).toBeNull();
  });

  it('comes from a file, without its line end', () => {
    const command = parse(['--token-file', 'secret.txt'], {}, { 'secret.txt': 'abc-123\r\n' });
    expect(command).toMatchObject({ kind: 'serve', settings: { token: 'abc-123' } });
  });

  it('of a file that is missing, empty or more than a token is refused', () => {
    expect(complaint(['--token-file', 'x'])).toBe('x cannot be read (ENOENT). There is no such file: check its path.');
    for (const content of ['', '\n', 'two words', 'two\nlines']) {
      expect(parse(['--token-file', 'x'], {}, { x: content })).toMatchObject({ kind: 'error' });
    }
  });

  it('is given one way only', () => {
    expect(complaint(['--token', 'abc', '--token-file', 'x'])).toBe('Give either --token or --token-file, not both.');
  });

  it.each(['two words', 'ü', 'a\tb', 'x'.repeat(256)])('is not repeated by the complaint about it: %s', (token) => {
    expect(complaint(['--token', token])).not.toContain(token);
    expect(complaint([], { MCP_GANGWAY_TOKEN: token })).toMatch(/^MCP_GANGWAY_TOKEN cannot be "\(not shown\)"/);
  });
});

describe('forwards', () => {
  it('are collected', () => {
    expect(settingsOf(['--forward', '5432=db.lan:5432', '--forward=6379=[fd00::5]:6380']).forwards).toEqual([
      { port: 5432, host: 'db.lan', targetPort: 5432 },
      { port: 6379, host: 'fd00::5', targetPort: 6380 },
    ]);
  });

  it.each([
    '5432',
    '5432=db.lan',
    '=db.lan:1',
    '5432=:1',
    '0=db:1',
    '1=db:0',
    '1=db:65536',
    '1=fd00::5:1',
    '1=a b:1',
    '1=u@h:1',
  ])('are not %s', (value) => expect(complaint(['--forward', value])).toContain('PORT=HOST:PORT'));

  it('cannot share a port, neither with each other nor with us', () => {
    expect(complaint(['--forward', '1=a:1', '--forward', '1=b:1'])).toContain('"1=b:1": that port is taken');
    expect(complaint(['-p', '9000', '--forward', '9000=a:1'])).toContain('"9000=a:1": that port is taken');
    expect(complaint(['--forward', '28080=a:1'])).toContain('that port is taken');
  });
});

describe('the upstream proxy', () => {
  it.each([
    'http://proxy.corp:3128/',
    'https://proxy.corp/',
    'http://user:p%40ss@proxy.corp:3128/',
    'http://[fd00::1]:3128/',
  ])('may be %s', (url) => expect(settingsOf(['--upstream', url]).upstream).toBe(url));

  it('comes from our own variable, never from those of other programs', () => {
    expect(settingsOf([], { MCP_GANGWAY_UPSTREAM: 'http://a:1' }).upstream).toBe('http://a:1/');
    const others: Environment & Record<string, string> = {
      HTTPS_PROXY: 'http://127.0.0.1:28080',
      HTTP_PROXY: 'http://b:1',
      ALL_PROXY: 'http://b:1',
    };
    expect(settingsOf([], others).upstream).toBeNull();
  });

  it.each([
    'proxy.corp:3128',
    'socks5://h:1',
    'http://',
    'http://h/path',
    'http://h?x',
    'h',
    'http://h:99999',
    'http://u:%zz@h',
  ])('is not %s', (url) => expect(complaint(['--upstream', url])).toContain('http://user:password@host:port'));

  it('is not repeated with its password by the complaint about it', () => {
    expect(complaint(['--upstream', 'htp://user:hunter2@h'])).not.toContain('hunter2');
  });

  it('is not ourselves', () => {
    expect(complaint(['--upstream', 'http://127.0.0.1:28080'])).toContain('round in circles');
    expect(complaint(['-p', '9000', '--upstream', 'http://localhost:9000'])).toContain('round in circles');
    expect(complaint(['-p', '9000', '--upstream', 'http://[::1]:9000'])).toContain('round in circles');
    expect(settingsOf(['-p', '9000', '--upstream', 'http://127.0.0.1:28080']).upstream).toBe('http://127.0.0.1:28080/');
  });

  it('knows exceptions', () => {
    expect(settingsOf(['--no-proxy', '*.lan,10.0.0.0/8', '--no-proxy=nas']).noProxy).toBe('*.lan,10.0.0.0/8,nas');
  });
});

describe('who may talk to us', () => {
  it('by origin', () => {
    const written = ['https://App.example:443', 'http://localhost:6274/', 'null', 'file://', 'app://obsidian.md'];
    expect(settingsOf(written.map((origin) => `--allow-origin=${origin}`)).allowedOrigins).toEqual([
      'https://app.example',
      'http://localhost:6274',
      'null',
      'file://',
      'app://obsidian.md',
    ]);
  });

  it.each(['*', 'https://*.example', 'example.com', 'https://a/path', 'https://u@h', 'https://', 'http://a b'])(
    'not by %s',
    (origin) => expect(complaint([`--allow-origin=${origin}`])).toContain('an origin is'),
  );

  it('by host name', () => {
    expect(settingsOf(['--allow-host', 'Host.Docker.Internal', '--allow-host=[fd00::1]']).allowedHosts).toEqual([
      'host.docker.internal',
      'fd00::1',
    ]);
    expect(complaint(['--allow-host', 'a:80'])).toContain('without scheme, port or path');
  });

  it('to which ports', () => {
    expect(settingsOf(['--deny-port', '25,465', '--deny-port=587']).deniedPorts).toEqual([25, 465, 587]);
    expect(complaint(['--deny-port', '25,'])).toContain('--deny-port cannot be "25,"');
  });
});

describe('the log', () => {
  it('has a level and a file', () => {
    expect(parse(['--log-level', 'DEBUG', '--log-file=x.log'])).toMatchObject({
      settings: { logLevel: 'debug' },
      logFile: 'x.log',
    });
    expect(complaint(['--log-level', 'verbose'])).toBe(
      '--log-level cannot be "verbose": levels are error, warn, info, debug.',
    );
  });
});

describe('behind a reverse proxy', () => {
  it('its clients need a token unless it is trusted', () => {
    expect(settingsOf([]).trustReverseProxy).toBe(false);
    expect(settingsOf(['--trust-reverse-proxy']).trustReverseProxy).toBe(true);
  });

  it('SIGTERM ends at once unless seconds are given to drain', () => {
    expect(parse([])).toMatchObject({ kind: 'serve', drain: 0 });
    expect(parse(['--drain', '10'])).toMatchObject({ kind: 'serve', drain: 10 });
    expect(complaint(['--drain', 'soon'])).toContain('from 0 to 3600');
  });
});

describe('--sse', () => {
  it('takes the rest of the line, whatever it looks like', () => {
    const argv = ['-p', '9000', '--sse', 'npx', '-y', 'srv', '-p', 'x', '--help', '--', '--sse', 'serve', ''];
    const { port, servers, defaultServer } = settingsOf(argv);
    expect(port).toBe(9000);
    expect(servers).toMatchObject([
      { name: 'default', command: 'npx', args: ['-y', 'srv', '-p', 'x', '--help', '--', '--sse', 'serve', ''] },
    ]);
    expect(defaultServer).toBe('default');
  });

  it('points out options of ours behind it, in any form, and leaves them to the server', () => {
    const warningsOf = (...args: string[]) => {
      const command = parse(['--sse', 'npx', ...args]);
      if (command.kind !== 'serve') throw new Error(command.kind);
      return command.warnings;
    };
    expect(warningsOf('-y', 'x', '--port', '3', '--port', '4')).toEqual([
      expect.stringMatching(/^--port .*before --sse/),
    ]);
    expect(warningsOf('x', '--config=a.json', '--lan-forwards')).toHaveLength(2);
    expect(warningsOf('-p', 'x', '--help', '--version', '--stdio', '--porta', 'port')).toEqual([]);
    expect(parse(['--sse', '--port', '3000', 'npx'])).toMatchObject({
      kind: 'error',
      message: expect.stringContaining('before --sse'),
    });
  });

  it('is passed through verbatim for every command line there is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (command, args) => {
        expect(settingsOf(['--sse', command, ...args]).servers).toMatchObject([{ command, args }]);
      }),
    );
  });

  it('may carry its command behind an equals sign', () => {
    expect(settingsOf(['--sse=python3', 'a=b.py']).servers).toMatchObject([{ command: 'python3', args: ['a=b.py'] }]);
  });

  it.each([[['--sse']], [['--sse=']], [['--sse', '']]])('needs a command: %s', (argv) => {
    expect(complaint(argv)).toContain('--sse needs a value: --sse COMMAND …');
  });

  it('goes together with a file of servers', () => {
    expect(parse(['--config', 'servers.json', '--sse', 'x'])).toMatchObject({
      configFile: 'servers.json',
      settings: { defaultServer: 'default' },
    });
    expect(parse(['--config=servers.json'])).toMatchObject({
      configFile: 'servers.json',
      settings: { defaultServer: null },
    });
  });
});

import { delimiter, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeProbe, type Program, proposalSentence, proposeMode } from '../../../app/clients/index.ts';
import { launched, readsProxyVariables } from '../../../app/clients/launch/launcher.ts';
import { relativeVariable, relativeWord } from '../../../app/clients/launch/relative.ts';
import { ownExceptions, ownProxy, proxyVariables } from '../../../app/clients/our-addresses.ts';
import { appTextIn } from '../../../app/i18n/app.ts';

function program(command: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Program {
  return { kind: 'program', command, args, env, cwd: null };
}

describe('The mode that fits', () => {
  it.each([
    ['a Node that reads the variables', program('npx', ['-y', 'ha-mcp']), '22.21.0', null, 'through', 'reads-proxy'],
    ['an older Node', program('node', ['x.js']), '22.20.0', null, 'run', 'old-node'],
    ['a Node that does not tell its version', program('npx', ['x']), null, null, 'run', 'no-node'],
    ['Python', program('/opt/homebrew/bin/uvx', ['ha-mcp']), null, null, 'through', 'reads-proxy'],
    ['Python with a version in its name', program('python3.13', ['-m', 'x']), null, null, 'through', 'reads-proxy'],
    ['Java', program('java', ['-jar', 'x.jar']), null, null, 'through', 'java'],
    ['Java where a token is asked for', program('java', ['-jar', 'x.jar']), null, 'T', 'run', 'java-token'],
    ['a container', program('docker', ['run', '-i', 'mcp/x']), null, null, 'through', 'container-run'],
    ['a container for a database', program('docker', ['run', 'mcp/postgres']), null, null, 'run', 'container'],
    [
      'a container with no place for variables',
      program('docker', ['mcp', 'gateway', 'run']),
      null,
      null,
      'run',
      'container',
    ],
    ['a container in a line', program('bash', ['-c', 'cd x && docker run -i y']), null, null, 'run', 'container'],
    [
      'a WebSocket',
      program('node', ['/x.js'], { HASS_SOCKET_URL: 'ws://ha.lan:8123' }),
      '24.5.0',
      null,
      'run',
      'raw-tcp',
    ],
    ['a graph', program('uvx', ['g'], { GRAPH: 'bolt://nas.lan' }), null, null, 'run', 'raw-tcp'],
    ['a database by its port', program('uvx', ['x', '--addr', 'nas.lan:5432']), null, null, 'run', 'raw-tcp'],
    ['a whole line', program('npx -y ha-mcp'), '20.0.0', null, 'run', 'old-node'],
    ['Windows in Linux', program('wsl', ['npx', '-y', 'x']), null, null, 'run', 'machine'],
    ['a Linux machine', program('limactl', ['shell', 'vm', 'npx', 'x']), null, null, 'run', 'machine'],
    ['sudo', program('sudo', ['npx', 'x']), '24.5.0', null, 'run', 'withheld'],
    ['sudo that hands on', program('sudo', ['-E', 'npx', 'x']), '24.5.0', null, 'through', 'reads-proxy'],
    ['an empty environment', program('env', ['-i', 'npx', 'x']), '24.5.0', null, 'run', 'withheld'],
    [
      'a proxy of its own in a line',
      program('sh', ['-c', 'exec env https_proxy=http://corp:1 uvx x']),
      null,
      null,
      'run',
      'withheld',
    ],
    ['an environment with more', program('env', ['A=1', 'uvx', 'x']), null, null, 'through', 'reads-proxy'],
    ['a script', program('sh', ['start.sh']), null, null, 'through', 'script'],
    [
      'mcp-remote on an old Node',
      program('npx', ['-y', 'mcp-remote@latest', 'http://nas']),
      '18.0.0',
      null,
      'run',
      'bridge',
    ],
    ['mcp-remote to a database', program('npx', ['mcp-remote', 'http://postgres.lan/']), null, null, 'run', 'bridge'],
    [
      'mcp-remote with what only it can do',
      program('npx', ['mcp-remote', 'http://nas', '--ignore-tool', 'x']),
      '18.0.0',
      null,
      'through',
      'mcp-remote',
    ],
    ['mcp-remote in WSL', program('wsl', ['npx', '-y', 'mcp-remote', 'http://nas']), null, null, 'run', 'machine'],
    ['mcp-remote by ssh', program('ssh', ['nas', 'npx', 'mcp-remote', 'http://nas']), null, null, 'run', 'raw-tcp'],
    [
      'mcp-remote behind sudo, with what only it can do',
      program('sudo', ['npx', 'mcp-remote', 'http://nas', '--ignore-tool', 'x']),
      null,
      null,
      'run',
      'withheld',
    ],
    ['ssh by the name of the package', program('npx', ['-y', '@x/ssh-mcp']), '24.21.0', null, 'run', 'raw-tcp'],
    ['a database by its address', program('uvx', ['db'], { DB: 'mysql://nas/x' }), null, null, 'run', 'raw-tcp'],
    ['a broker by a variable', program('uvx', ['x'], { MQTT_HOST: 'nas' }), null, null, 'run', 'raw-tcp'],
    ['no database in a password', program('uvx', ['x'], { KEY: 'redis mysql' }), null, null, 'through', 'reads-proxy'],
    ['a program of its own', program('/usr/local/bin/home-mcp'), null, null, 'through', 'unknown-program'],
    ['a wrapper on Windows', program('cmd', ['/c', 'npx', '-y', 'x']), '20.0.0', null, 'run', 'old-node'],
    ['a wrapper of a shell', program('/bin/zsh', ['-lc', 'A=1 exec docker run x']), null, null, 'run', 'container'],
    ['env', program('/usr/bin/env', ['A=b', 'python3', 'x.py']), null, null, 'through', 'reads-proxy'],
  ])('%s', async (_, what, version, token, mode, kind) => {
    const proposal = await proposeMode(what, token !== null, { nodeVersion: () => Promise.resolve(version) });
    expect(proposal).toMatchObject({ mode, reason: { kind } });
    for (const language of ['en', 'zh-Hant'] as const) {
      expect(proposalSentence(proposal, appTextIn(language))).toMatch(
        mode === 'through' ? /Gangway/ : /Gangway run it|由 Gangway 執行/,
      );
    }
  });

  it('is told with the word or the version that it depends on', async () => {
    const probes = { nodeVersion: () => Promise.resolve('20.19.1') };
    const ssh = await proposeMode(program('npx', ['ssh-mcp']), false, probes);
    expect(proposalSentence(ssh, appTextIn('en'))).toContain('“ssh”');
    const old = await proposeMode(program('npx', ['x']), false, probes);
    expect(proposalSentence(old, appTextIn('en'))).toContain('Node 20.19.1');
  });
});

describe('Node of a client', () => {
  it.each([
    ['20.19.5', false],
    ['22.20.0', false],
    ['22.21.0', true],
    ['23.11.0', false],
    ['24.4.1', false],
    ['24.5.0', true],
    ['v25.0.0', true],
    ['26.1.0', true],
    ['', false],
  ])('%s reads proxy variables: %s', (version, reads) => {
    expect(readsProxyVariables(version)).toBe(reads);
  });

  it('is asked for its version, beside the command or on the PATH', async () => {
    const version = process.version.slice(1);
    const folder = dirname(process.execPath);
    const onPath = nodeProbe({ PATH: ['/nowhere', folder].join(delimiter) }, process.platform);
    expect(await onPath.nodeVersion('npx')).toBe(version);
    expect(await nodeProbe({ PATH: '' }, process.platform).nodeVersion(`${folder}/npx`)).toBe(version);
    expect(await nodeProbe({ PATH: '/nowhere' }, process.platform).nodeVersion('npx')).toBeNull();
  });
});

describe('What a server is given to go through us', () => {
  const gateway = { port: 28080, token: null };

  it('names the server in both cases of the variables, and keeps loopback to itself', () => {
    expect(proxyVariables(gateway, 'home assistant', program('uvx'))).toEqual({
      HTTP_PROXY: 'http://home%20assistant:x@127.0.0.1:28080',
      http_proxy: 'http://home%20assistant:x@127.0.0.1:28080',
      HTTPS_PROXY: 'http://home%20assistant:x@127.0.0.1:28080',
      https_proxy: 'http://home%20assistant:x@127.0.0.1:28080',
      NO_PROXY: 'localhost,127.0.0.1,::1',
      no_proxy: 'localhost,127.0.0.1,::1',
      NODE_USE_ENV_PROXY: '1',
    });
  });

  it('shows the token where one is asked for', () => {
    expect(proxyVariables({ port: 1, token: 'a/b' }, 'nas', program('uvx'))['HTTP_PROXY']).toBe(
      'http://nas:a%2Fb@127.0.0.1:1',
    );
  });

  it('adds to Java’s options and to the exceptions that were there', () => {
    const env = { JAVA_TOOL_OPTIONS: '-Xmx1g', no_proxy: '.corp, localhost' };
    const variables = proxyVariables(gateway, 'x', program('java', [], env));
    expect(variables['JAVA_TOOL_OPTIONS']).toBe(
      '-Xmx1g -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=28080 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=28080',
    );
    expect(variables['NO_PROXY']).toBe('.corp,localhost,127.0.0.1,::1');
    expect(ownExceptions(env)).toEqual(['.corp']);
  });

  it('tells the proxy of before from our own', () => {
    expect(ownProxy({ https_proxy: 'http://corp:3128' }, gateway)).toBe('http://corp:3128');
    expect(ownProxy({ HTTP_PROXY: 'http://nas:x@localhost:28080', HTTPS_PROXY: '' }, gateway)).toBeNull();
  });
});

describe('A command', () => {
  it('is seen through its wrappers', () => {
    expect(launched('env', ['-S', 'A=1', 'node', 'x.js'])).toEqual({
      runtime: 'node',
      program: 'node',
      rest: ['x.js'],
    });
    expect(launched('C:\\Program Files\\nodejs\\npx.cmd', ['x'])).toMatchObject({ runtime: 'node' });
    expect(launched('sh', ['script.sh'])).toMatchObject({ runtime: 'script', program: 'sh' });
    expect(launched('env', [])).toMatchObject({ runtime: 'unknown' });
  });

  it.each<[string, string[], string, string[]]>([
    ['bash', ['-c', 'cd "/a b" && exec uvx --from x y'], 'uvx', ['--from', 'x', 'y']],
    ['sh', ['-l', '-c', 'source ~/.nvm/nvm.sh; npx -y x 2>/dev/null'], 'npx', ['-y', 'x']],
    ['zsh', ['-lc', "A='1 2' docker run x"], 'docker', ['run', 'x']],
    ['cmd', ['/d', '/s', '/c', 'npx -y x'], 'npx', ['-y', 'x']],
    ['powershell', ['-NoProfile', '-Command', '& npx -y x'], 'npx', ['-y', 'x']],
    ['env', ['-u', 'A', 'B=1', 'node', '/x.js'], 'node', ['/x.js']],
    ['op', ['run', '--env-file', '/x/.env', '--', 'npx', 'x'], 'npx', ['x']],
    ['mise', ['x', 'node@22', '--', 'npx', 'x'], 'npx', ['x']],
    ['nvm', ['exec', '22', 'npx', 'x'], 'npx', ['x']],
    ['arch', ['-arm64', 'python3', '/x.py'], 'python3', ['/x.py']],
    ['caffeinate', ['-i', '/usr/bin/env', 'bun', 'x'], 'bun', ['x']],
    ['npx -y x', [], 'npx', ['-y', 'x']],
    ['bash', ['-c', 'cd /x && docker run -i y || exit 1'], 'docker', ['run', '-i', 'y']],
    ['bash', ['-c', 'npx x; exit $?'], 'npx', ['x']],
    ['cmd', ['/c', 'start', '/b', '', 'npx', '-y', 'x'], 'npx', ['-y', 'x']],
    ['cmd', ['/c', 'start /b npx -y x'], 'npx', ['-y', 'x']],
    ['cross-env', ['A=1', 'B=2', 'docker', 'run', 'x'], 'docker', ['run', 'x']],
    ['dotenv', ['-e', '/x/.env', '--', 'npx', 'x'], 'npx', ['x']],
    ['dotenv', ['run', 'npx', 'x'], 'npx', ['x']],
    ['env-cmd', ['-f', '/x/.env', 'npx', 'x'], 'npx', ['x']],
    ['sandbox-exec', ['-p', '(version 1)', 'npx', 'x'], 'npx', ['x']],
    ['taskpolicy', ['-c', 'utility', 'npx', 'x'], 'npx', ['x']],
    ['launchctl', ['asuser', '501', 'npx', 'x'], 'npx', ['x']],
    ['devbox', ['run', '--', 'npx', 'x'], 'npx', ['x']],
    ['guix', ['shell', 'node', '--', 'npx', 'x'], 'npx', ['x']],
  ])('%s %j starts %s', (command, args, program, rest) => {
    expect(launched(command, args)).toMatchObject({ program, rest });
  });

  it('whose line only a shell could read stays a script', () => {
    const compounds = ['if true; then docker run x; fi', '(npx x)', '{ npx x; }', 'while true; do npx x; done'];
    for (const line of ['$(which npx) x', 'npx x | tee log', 'npx "x', '`cat run`', ...compounds]) {
      expect(launched('bash', ['-c', line]).runtime).toBe('script');
    }
    expect(launched('/Applications/My App.app/run', []).program).toBe('/Applications/My App.app/run');
  });

  it.each<[string, string[], string | null]>([
    ['node', ['build/index.js'], 'build/index.js'],
    ['./server', [], './server'],
    ['build/server', [], 'build/server'],
    ['.venv/bin/python', ['-m', 'server'], '.venv/bin/python'],
    ['${HOME}/bin/server', [], null],
    ['npm', ['run', 'start'], 'npm run start'],
    ['bash', ['-c', 'cd nas && npx x'], 'nas'],
    ['bash', ['-c', 'cd /nas && node index.js'], null],
    ['uv', ['--directory', '/nas', 'run', 'server.py'], null],
    ['uv', ['run', '--directory', 'nas', 'server.py'], 'nas'],
    ['npx', ['-y', '@x/nas-mcp'], null],
    ['npx', ['tsx', 'src/index.ts'], 'src/index.ts'],
    ['node', ['/nas/index.js', '--url', 'http://nas.lan/x.js'], null],
    ['docker', ['run', '--env-file', '.env', 'x'], '.env'],
    ['docker', ['run', 'x', './inside.js'], null],
    ['docker', ['run', '-i', '--rm', '-v', './x:/y', 'mcp/x'], './x:/y'],
    ['docker', ['run', '--volume=../x:/y', 'mcp/x'], '../x:/y'],
    ['docker', ['run', '--mount', 'type=bind,src=./x,dst=/y', 'mcp/x'], './x'],
    ['docker', ['run', '-i', '-v', 'data:/y', '-v', '/x:/y', 'mcp/x', '-v', './a:/b', '--env-file', '.env'], null],
    ['docker', ['exec', '-i', 'nas', 'node', 'index.js'], null],
    ['docker', ['compose', 'run', '--rm', 'nas'], 'docker compose run'],
    ['docker-compose', ['exec', '-T', 'nas', 'x'], 'docker-compose exec'],
    ['docker', ['compose', '-f', 'nas.yml', 'run', 'nas'], 'nas.yml'],
    ['docker', ['compose', '-f', '/nas/compose.yml', 'run', 'nas'], null],
    ['node', ['--env-file=.env', '/nas/x.js'], '.env'],
    ['node', ['--env-file', '.env.local', '/nas/x.js'], '.env.local'],
    ['node', ['-r', 'dotenv/config', '/nas/x.js'], 'dotenv/config'],
    ['node', ['--enable-source-maps', 'build'], 'build'],
    ['node', ['/nas/x.js', '--config=./x.json'], './x.json'],
    ['node', ['/nas/x.js', '--config', 'nas.yaml'], 'nas.yaml'],
    ['node', ['-e', 'require("x")'], null],
    ['npx', ['-y', 'nas-mcp', '--data-dir', 'data'], 'data'],
    ['npx', ['-y', 'nas-mcp', '--project', 'my-project', '--path', 'mcp'], null],
    ['cargo', ['run', '--release'], 'cargo run --release'],
    ['cargo', ['run', '--manifest-path', '/nas/Cargo.toml'], null],
    ['go', ['run', '.'], '.'],
    ['go', ['run', 'main.go'], 'main.go'],
    ['go', ['run', 'nas.lan/x/cmd@latest'], null],
    ['dotnet', ['run', '--project', '/nas'], null],
    ['make', [], 'make'],
    ['npm', ['--silent', 'exec', 'nas-mcp'], null],
    ['uv', ['run', 'nas-mcp'], 'uv run nas-mcp'],
    ['uv', ['run', '--directory', '.', 'nas-mcp'], '.'],
    ['uv', ['run', '--project', '/nas', 'server.py'], 'server.py'],
    ['uv', ['run', '--with', 'mcp', 'mcp', 'run', '/nas/server.py'], null],
    ['uv', ['run', '/nas/server.py'], null],
    ['uv', ['tool', 'run', 'nas-mcp'], null],
    ['poetry', ['run', 'nas-mcp'], 'poetry run nas-mcp'],
    ['python', ['-m', 'src.server'], '-m src.server'],
    ['python3', ['-m', 'mcp_server_time'], null],
    ['python', ['server'], 'server'],
    ['java', ['-cp', 'lib/x.jar:/y.jar', 'nas.Main'], 'lib/x.jar'],
    ['mise', ['x', '-C', '/nas', 'node@22', '-c', 'node index.js'], null],
    ['mise', ['x', '-C', 'nas', 'node@22', '-c', 'npx x'], 'nas'],
    ['mise', ['x', 'node@22', '-c', 'node index.js'], 'index.js'],
    ['env', ['-C', '/nas', 'node', 'index.js'], null],
    ['op', ['run', '--env-file=.env', '--', 'npx', 'x'], '.env'],
    ['op', ['run', '--env-file', '/nas/.env', '--', 'npx', 'x'], null],
    ['dotenv', ['-e', '.env.nas', '--', 'npx', 'x'], '.env.nas'],
    ['dotenv', ['--', 'npx', 'x'], 'dotenv'],
    ['env', ['A=1', '--unset=B', 'npx', 'x'], null],
    ['env', ['A=./x', 'npx', 'x'], 'A=./x'],
    ['node', ['/nas/x.js', '--project', 'mine'], null],
    ['direnv', ['exec', '.', 'npx', 'x'], '.'],
    ['op', ['run', '--account=mine', '--', 'npx', 'x'], null],
    ['bash', ['-c', '. .venv/bin/activate && python /nas/x.py'], '.venv/bin/activate'],
    ['bash', ['-c', 'source ~/.nvm/nvm.sh && npx x'], null],
    ['cmd', ['/c', 'cd nas && npx x'], 'nas'],
    ['npx', ['-y', 'mcp-remote', 'https://nas.lan/x.json', '--header', 'A: b.json'], null],
  ])('%s %j depends on its folder by %s', (command, args, word) => {
    expect(relativeWord(command, args)).toBe(word);
  });

  it.each<[Record<string, string>, string | null]>([
    [{ DB: './nas.db' }, 'DB=./nas.db'],
    [{ PYTHONPATH: 'src:/x' }, 'PYTHONPATH=src:/x'],
    [{ PYTHONPATH: '/x:/y', DOT: '.', URL: 'https://nas.lan/./x', HOME: '~/x' }, null],
  ])('depends on its folder by the variables %j', (env, variable) => {
    expect(relativeVariable(env)).toBe(variable);
  });
});

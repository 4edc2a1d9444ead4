import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { has } from './programs.ts';
import { addressOf } from './tcp.ts';
import { until } from './until.ts';

/** The name that the documented configurations are for. */
export const SITE = 'mcp.example.com';

const CONFIGURATIONS = join(import.meta.dirname, '../../packaging/reverse-proxy');
const MODULES = '/usr/lib/apache2/modules';

/** What a configuration is adapted to. */
interface Setting {
  readonly folder: string;
  /** Certificate with its key, both in one file. */
  readonly pem: string;
  readonly port: number;
  readonly gateway: number;
  /** Another port. */
  readonly bare: number;
}

interface Kind {
  readonly name: string;
  readonly file: string;
  /** Prints its version and ends. */
  readonly version: readonly [string, ...string[]];
  /** What the documented file needs around it and in place of its paths and ports; and the command that runs it. */
  adapt(text: string, setting: Setting): { readonly text: string; readonly command: readonly [string, ...string[]] };
}

const NGINX: Kind = {
  name: 'nginx',
  file: 'nginx.conf',
  version: ['nginx', '-v'],
  adapt(text, { folder, pem, port, gateway, bare: other }) {
    const site = replaced(text, [
      ['listen 443', `listen 127.0.0.1:${port}`],
      ['127.0.0.1:28080', `127.0.0.1:${gateway}`],
      ['/etc/ssl/mcp/fullchain.pem', pem],
      ['/etc/ssl/mcp/privkey.pem', pem],
    ]);
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    // Beside it, what a person gets who writes `proxy_pass` and nothing more.
    const bare = `server { listen 127.0.0.1:${other}; location / { proxy_pass http://127.0.0.1:${gateway}; } }`;
    return {
      text: `${user} daemon off; pid ${folder}/pid; error_log stderr; worker_processes 1; events {}
http { access_log off; ${temporary.join(' ')}
${site}
${bare}
}`,
      command: ['nginx', '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')],
    };
  },
};

const HAPROXY: Kind = {
  name: 'HAProxy',
  file: 'haproxy.cfg',
  version: ['haproxy', '-v'],
  adapt: (text, { folder, pem, port, gateway }) => ({
    text: replaced(text, [
      ['bind :443', `bind 127.0.0.1:${port}`],
      ['/etc/ssl/mcp/all.pem', pem],
      ['127.0.0.1:28080', `127.0.0.1:${gateway}`],
      ['inter 2s', 'inter 100ms'],
      // The interval is the limit of a check, too, unless told otherwise: a busy machine misses it.
      ['timeout connect 5s', 'timeout connect 5s\n    timeout check 20s'],
    ]),
    command: ['haproxy', '-db', '-f', join(folder, 'haproxy.cfg')],
  }),
};

const CADDY: Kind = {
  name: 'Caddy',
  file: 'Caddyfile',
  version: ['caddy', 'version'],
  adapt: (text, { folder, pem, port, gateway }) => ({
    text: `{\n\tadmin off\n\tauto_https off\n}\n${replaced(text, [
      [`${SITE} {\n`, `https://${SITE}:${port} {\n\tbind 127.0.0.1\n\ttls ${pem} ${pem}\n`],
      ['127.0.0.1:28080', `127.0.0.1:${gateway}`],
      ['health_interval 2s', 'health_interval 100ms'],
    ])}`,
    command: ['caddy', 'run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
  }),
};

const APACHE: Kind = {
  name: 'Apache',
  file: 'apache.conf',
  version: ['apache2', '-v'],
  adapt(text, { folder, pem, port, gateway }) {
    const modules = ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'ssl'];
    const load = modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`);
    const site = replaced(text, [
      ['*:443', `127.0.0.1:${port}`],
      ['127.0.0.1:28080', `127.0.0.1:${gateway}`],
      ['/etc/ssl/mcp/fullchain.pem', pem],
      ['/etc/ssl/mcp/privkey.pem', pem],
    ]);
    return {
      text: `${load.join('\n')}
ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${port}
User nobody
Group nogroup
${site}`,
      command: ['apache2', '-D', 'FOREGROUND', '-f', join(folder, 'apache.conf')],
    };
  },
};

/** The reverse proxies that docs/deployment.md has a configuration for, and whether they are installed here. */
export const REVERSE_PROXIES = [NGINX, HAPROXY, CADDY, APACHE].map((kind) => ({ kind, isHere: has(...kind.version) }));

/** One that runs, in front of a gateway on loopback, with the documented configuration. */
export interface ReverseProxy {
  readonly name: string;
  /** Of TLS, for SITE. */
  readonly port: number;
}

export interface ReverseProxies {
  readonly running: readonly ReverseProxy[];
  /** The certificate that all of them show. */
  readonly certificate: string;
  /** A port of plain HTTP on which nginx has `proxy_pass` to the gateway at its root and no other setting; null without nginx. */
  readonly bareNginx: number | null;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts every one that is installed. `gateway` is the port of the gateway, whose token they need for their checks of health. */
export async function startReverseProxies(gateway: number, token: string): Promise<ReverseProxies> {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-fronts-'));
  const pem = join(folder, 'all.pem');
  const newKey = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    join(folder, 'key'),
  ];
  const subject = ['-subj', `/CN=${SITE}`, '-addext', `subjectAltName=DNS:${SITE}`];
  execFileSync('openssl', ['req', '-x509', '-days', '2', '-out', join(folder, 'certificate'), ...newKey, ...subject], {
    stdio: 'ignore',
  });
  const certificate = readFileSync(join(folder, 'certificate'), 'utf8');
  writeFileSync(pem, `${certificate}${readFileSync(join(folder, 'key'), 'utf8')}`);
  const kinds = REVERSE_PROXIES.filter(({ isHere }) => isHere);
  const [bare = 0, ...ports] = await freePorts(kinds.length + 1);
  const started = await Promise.all(
    kinds.map(async ({ kind }, index) => {
      const own = join(folder, kind.name);
      mkdirSync(own);
      const port = ports[index] ?? 0;
      const child = await start(kind, { folder: own, pem, port, gateway, bare }, token);
      return { name: kind.name, port, child };
    }),
  );
  return {
    running: started,
    certificate,
    bareNginx: started.some(({ name }) => name === NGINX.name) ? bare : null,
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(({ child }) => end(child)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function start(kind: Kind, setting: Setting, token: string): Promise<ChildProcess> {
  const { folder, port } = setting;
  const { text, command } = kind.adapt(readFileSync(join(CONFIGURATIONS, kind.file), 'utf8'), setting);
  writeFileSync(join(folder, kind.file), text);
  const [program, ...args] = command;
  const { PATH } = process.env;
  const env = { PATH, HOME: folder, MCP_GANGWAY_TOKEN: token };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  }
  await until(`${kind.name} listens`, async () => {
    if (child.exitCode !== null) throw new Error(`${kind.name} does not start:\n${said}`);
    return await isListening(port);
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  // Caddy waits for streams that are open.
  const timer = setTimeout(() => child.kill('SIGKILL'), 1000);
  await exited;
  clearTimeout(timer);
}

/** As many ports that are free, all of them different: each is held until the last one is found. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => addressOf(server).port);
  for (const server of servers) server.close();
  return ports;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Each of them has to be there, so that no test passes with a configuration that has changed under it. */
function replaced(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((so, [from, to]) => {
    if (!so.includes(from)) throw new Error(`The documented configuration has no ${from}`);
    return so.replaceAll(from, to);
  }, text);
}

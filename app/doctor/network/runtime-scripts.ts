import type { RuntimeName } from '../facts.ts';

/** Node's own resolver and sockets, as every Node server uses them. */
const NODE = `
const [host, port, patience] = process.argv.slice(-3);
const started = performance.now();
const say = (errno) => { console.log(JSON.stringify({ errno, ms: performance.now() - started })); process.exit(0); };
const socket = require('node:net').connect({ host, port: Number(port) });
socket.on('connect', () => say(null));
socket.on('error', (error) => say((error.errors ?? [error])[0].code ?? 'UNKNOWN'));
setTimeout(() => say('timeout'), Number(patience));
`;

/** The socket module, which every Python library stands on. */
const PYTHON = `
import errno, json, socket, sys, time
host, port, patience = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
started = time.perf_counter()
try:
    socket.create_connection((host, port), timeout=patience / 1000).close()
    code = None
except socket.timeout:
    code = "timeout"
except socket.gaierror as error:
    code = "EAI_AGAIN" if error.errno == socket.EAI_AGAIN else "ENOTFOUND"
except OSError as error:
    code = errno.errorcode.get(error.errno, "UNKNOWN")
print(json.dumps({"errno": code, "ms": (time.perf_counter() - started) * 1000}))
`;

/** Deno gives no network to a program that was not started with it. */
const DENO = `
const [host, port, patience] = Deno.args;
const started = performance.now();
const say = (errno) => { console.log(JSON.stringify({ errno, ms: performance.now() - started })); Deno.exit(0); };
setTimeout(() => say('timeout'), Number(patience));
try { (await Deno.connect({ hostname: host, port: Number(port) })).close(); say(null); }
catch (error) { say(error.code ?? error.name); }
`;

type Arguments = (host: string, port: number, patience: number) => readonly string[];

/** How each runtime is told to connect once and to print one line about it. */
export const SCRIPTS: Readonly<Record<RuntimeName, Arguments>> = {
  node: (host, port, patience) => ['-e', NODE, '--', host, String(port), String(patience)],
  bun: (host, port, patience) => ['-e', NODE, '--', host, String(port), String(patience)],
  python: (host, port, patience) => ['-c', PYTHON, host, String(port), String(patience)],
  deno: (host, port, patience) => ['eval', '--quiet', DENO, host, String(port), String(patience)],
};

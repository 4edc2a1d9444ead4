import { findings, isPath } from '../../../finding-words.ts';
import { panes } from './permission.ts';

/** What to look for in the list of System Settings before anything is changed. */
const ownRows = (clientRow: string, rows: string): readonly string[] => [
  ...(clientRow === ''
    ? []
    : [`Open ${panes.localNetwork} and switch ${clientRow} on: its permission counts for the servers it starts.`]),
  ...(rows === ''
    ? []
    : [
        `Look for a row of the server under ${panes.localNetwork} (${rows}), and switch it on. One of an interpreter counts for every script that it runs, and may be lost when it is updated.`,
      ]),
];

/** A server that fails although this program gets through. */
export const server = () =>
  findings({
    'client-blocked': {
      what: ({ target, server, client }) =>
        `${server === '' ? `The server` : server} cannot reach ${target} because of the way ${client === '' ? `its client` : client} starts it.`,
      why: ({ target }) =>
        `MCP Gangway reaches ${target}; the server gets “No route to host”. macOS asks for permission per program, and a server that another app starts often counts as nobody's: no question, no switch.`,
      steps: ({ client, clientRow, rows }) => [
        ...ownRows(clientRow, rows),
        `Lead the server through Gangway, or let Gangway run it.`,
        `Then quit ${client === '' ? `the client` : client} completely and open it again.`,
      ],
    },
    'client-may-block': {
      what: ({ target, server, client }) =>
        `From here ${target} is in reach. If ${server} still fails, ${client} starts it without the permission for the local network.`,
      why: () => `macOS asks for permission per program. What Gangway may, a server that another app starts may not.`,
      steps: ({ client, clientRow, rows }) => [
        ...ownRows(clientRow, rows),
        `Lead the server through Gangway, or let Gangway run it.`,
        `Then quit ${client} completely and open it again.`,
      ],
    },
    'name-in-child': {
      what: ({ host, server }) => `Gangway knows the name ${host}; ${server === '' ? `the server` : server} does not.`,
      why: ({ runtime }) =>
        `${runtime === '' ? `The server's runtime` : runtime} looks names up in its own way, or is not allowed to ask the local network.`,
      steps: () => [
        `Lead the server through Gangway: it then looks the name up itself.`,
        `Or write the address instead of the name into the server's settings.`,
      ],
    },
    sandboxed: {
      what: ({ server }) => `${server === '' ? `The server` : server} runs in a sandbox that forbids it to connect.`,
      why: ({ target }) => `MCP Gangway reaches ${target}; the server is told “Operation not permitted”.`,
      steps: () => [`Let Gangway run the server.`],
    },
    'proxy-ignored': {
      what: ({ server }) => `${server} is set to go through Gangway, but nothing of it arrives here.`,
      why: () =>
        `It still fails by itself, and Gangway has carried nothing since it started: the program ignores proxy settings, or it still runs with its old ones.`,
      steps: ({ client }) => [
        `Quit ${client === '' ? `the client` : client} completely and open it again.`,
        `If nothing changes, let Gangway run the server: that works whatever the program ignores.`,
      ],
    },
    'https-without-tunnel': {
      what: ({ server }) =>
        `${server} sends https:// requests to Gangway in the clear, where a tunnel (CONNECT) is needed.`,
      why: () => `axios before 1.16.1 does that with every HTTP proxy. Gangway refuses such requests with 400.`,
      steps: ({ server }) => [
        `Let Gangway run ${server}: it then needs no proxy.`,
        `Or update axios in it to 1.16.1 or later, or give axios proxy: false and an httpsAgent from https-proxy-agent.`,
      ],
    },
    'interpreter-unsigned': {
      what: ({ interpreter }) => `${interpreter} is not signed by a known developer.`,
      why: () =>
        `macOS recognises programs by their signature. Some that have none, or an ad-hoc one, were kept from the local network even from Terminal; Gangway running the server may not help then.`,
      steps: () => [
        `Lead the server through Gangway: that does not depend on its signature.`,
        `Or run it with an interpreter that its developer has signed, such as the one of python.org or nodejs.org.`,
      ],
    },
    'restart-server': {
      what: ({ server }) => `${server} still runs as it was started before the network was allowed.`,
      why: ({ target }) =>
        `MCP Gangway reaches ${target}; the server does not. macOS judges a process by who started it, and keeps that judgement after a restart of the app.`,
      steps: ({ server }) => [`Restart ${server}.`],
    },
    'runtime-fails': {
      what: ({ target, runtime }) => `${runtime} cannot reach ${target}, although MCP Gangway can.`,
      why: ({ program, runtimeErrno }) =>
        `${program}, started from here, got ${runtimeErrno === '' ? `no answer` : runtimeErrno}.`,
      steps: () => [
        `If a firewall or a security product asks per program, allow this one.`,
        `Lead the server through Gangway.`,
      ],
    },
    'server-missing': {
      what: ({ server, program }) => `The command of ${server} was not found: ${program}.`,
      why: ({ program }) =>
        isPath(program)
          ? `Nothing is at that path.`
          : `It is in none of the folders that servers are searched in; the report lists them.`,
      steps: ({ program }) => [
        isPath(program)
          ? `Correct the path in the server's settings, or install what belongs there.`
          : `Install it, or write its full path into the server's settings.`,
      ],
    },
    'apple-exempt': {
      what: ({ target }) => `Apple's own tools reach ${target}; that proves nothing for other programs.`,
      why: () =>
        `macOS exempts curl, nc and ping from its rule for the local network. Node, Python and apps are not exempt.`,
      steps: () => [`Do not test with curl; trust the probe of the server's own runtime.`],
    },
  });

/** The gateway, its port and other proxies. */
export const gateway = () =>
  findings({
    'gateway-reaches': {
      what: ({ target }) => `${target} is in reach through Gangway as well.`,
      why: ({ gateway }) => `The gateway at ${gateway} opened a tunnel there.`,
      steps: () => [],
    },
    'gateway-blocked': {
      what: ({ target }) => `Doctor reaches ${target}, the running gateway does not.`,
      why: ({ gateway, gatewayErrno }) =>
        `The gateway at ${gateway} was refused (${gatewayErrno}). macOS usually lets in what Terminal starts; the app needs the permission itself.`,
      steps: () => [
        `Open ${panes.localNetwork} and switch MCP Gangway on.`,
        `If it is not in that list, ask for the permission in the app.`,
      ],
    },
    'gateway-fails': {
      what: ({ target }) => `Doctor reaches ${target}, the running gateway does not.`,
      why: ({ gateway, gatewayErrno }) => `The gateway at ${gateway} answered ${gatewayErrno}.`,
      steps: () => [`Look at the log.`, `Check the upstream proxy and the denied ports in the settings.`],
    },
    'gateway-needed': {
      what: ({ server }) => `${server} is set to go through Gangway, and Gangway is not running.`,
      why: ({ gateway }) => `Nobody listens at ${gateway}.`,
      steps: () => [`Turn MCP Gangway on.`],
    },
    'gateway-off': {
      what: () => `MCP Gangway is not running.`,
      why: ({ gateway }) => `Nobody listens at ${gateway}. Servers that go through it have no network until it runs.`,
      steps: () => [`Turn it on when you need it.`],
    },
    'port-taken': {
      what: ({ gateway, holder }) =>
        `Another program has the port of MCP Gangway, ${gateway}${holder === '' ? '' : `: ${holder}`}.`,
      why: () => `It accepts connections there and is not MCP Gangway.`,
      steps: ({ freePort }) => [`Stop that program, or use another port: ${freePort} is free.`],
    },
    'token-missing': {
      what: () => `The gateway asks for its token, so the way through it was not tried.`,
      why: ({ gateway }) => `It runs at ${gateway} and answered 401 or 407.`,
      steps: () => [`Give Doctor the token as well: MCP_GANGWAY_TOKEN or --token-file.`],
    },
    'proxy-elsewhere': {
      what: ({ variables }) => `The environment names another proxy (${variables}).`,
      why: () => `Servers that are started from here inherit it. MCP Gangway itself ignores it.`,
      steps: () => [`If it is needed to get out, set it as the upstream proxy of MCP Gangway.`],
    },
  });

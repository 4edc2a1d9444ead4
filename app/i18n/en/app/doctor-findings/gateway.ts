import { findings } from '../../../finding-words.ts';
import { panes } from './panes.ts';

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
        `The gateway at ${gateway} was refused (${gatewayErrno}). macOS lets in what Terminal starts; the app needs the permission itself.`,
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

import { bilingual } from '../../language.ts';
import { findings } from './finding-words.ts';
import { panes, panesZh } from './panes.ts';

/** The gateway, its port and other proxies. */
export const gateway = bilingual(
  () =>
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
    }),
  () => ({
    'gateway-reaches': {
      what: ({ target }) => `經由 Gangway 也可以連到 ${target}。`,
      why: ({ gateway }) => `${gateway} 的閘道已建立通往該處的通道。`,
      steps: () => [],
    },
    'gateway-blocked': {
      what: ({ target }) => `檢查程式可以連到 ${target}，執行中的閘道卻不行。`,
      why: ({ gateway, gatewayErrno }) =>
        `${gateway} 的閘道被拒絕（${gatewayErrno}）。macOS 會放行由終端機啟動的程式，App 則需要自己的權限。`,
      steps: () => [`打開${panesZh.localNetwork}，開啟 MCP Gangway。`, `如果清單中沒有它，請在 App 中要求權限。`],
    },
    'gateway-fails': {
      what: ({ target }) => `檢查程式可以連到 ${target}，執行中的閘道卻不行。`,
      why: ({ gateway, gatewayErrno }) => `${gateway} 的閘道回應 ${gatewayErrno}。`,
      steps: () => [`查看記錄。`, `檢查設定中的上游代理與拒絕的連接埠。`],
    },
    'gateway-needed': {
      what: ({ server }) => `${server} 已設為經由 Gangway 連線，但 Gangway 沒有執行。`,
      why: ({ gateway }) => `${gateway} 沒有程式在監聽。`,
      steps: () => [`開啟 MCP Gangway。`],
    },
    'gateway-off': {
      what: () => `MCP Gangway 沒有執行。`,
      why: ({ gateway }) => `${gateway} 沒有程式在監聽。經由它連線的伺服器在它執行之前都沒有網路。`,
      steps: () => [`需要時再開啟。`],
    },
    'port-taken': {
      what: ({ gateway, holder }) =>
        `MCP Gangway 的連接埠 ${gateway} 被其他程式占用${holder === '' ? '' : `：${holder}`}。`,
      why: () => `它在那裡接受連線，但不是 MCP Gangway。`,
      steps: ({ freePort }) => [`停止該程式，或改用其他連接埠：${freePort} 可以使用。`],
    },
    'token-missing': {
      what: () => `閘道需要權杖，因此沒有測試經由它的路徑。`,
      why: ({ gateway }) => `它在 ${gateway} 執行，並回應 401 或 407。`,
      steps: () => [`把權杖也交給檢查程式：MCP_GANGWAY_TOKEN 或 --token-file。`],
    },
    'proxy-elsewhere': {
      what: ({ variables }) => `環境變數指定了另一個代理（${variables}）。`,
      why: () => `從這裡啟動的伺服器會繼承它。MCP Gangway 本身不理會它。`,
      steps: () => [`如果需要它才能連外，請設為 MCP Gangway 的上游代理。`],
    },
  }),
);

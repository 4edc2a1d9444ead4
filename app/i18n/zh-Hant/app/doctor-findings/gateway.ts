import type { gateway as en } from '../../../en/app/doctor-findings/gateway.ts';
import { panes } from './panes.ts';

/** The gateway, its port and other proxies. */
export const gateway: typeof en = () => ({
  'gateway-reaches': {
    what: ({ target }) => `經由 Gangway 也可以連到 ${target}。`,
    why: ({ gateway }) => `${gateway} 的閘道已建立通往該處的通道。`,
    steps: () => [],
  },
  'gateway-blocked': {
    what: ({ target }) => `檢查程式可以連到 ${target}，執行中的閘道卻不行。`,
    why: ({ gateway, gatewayErrno }) =>
      `${gateway} 的閘道被拒絕（${gatewayErrno}）。macOS 會放行由終端機啟動的程式，App 則需要自己的權限。`,
    steps: () => [`打開${panes.localNetwork}，開啟 MCP Gangway。`, `如果清單中沒有它，請在 App 中要求權限。`],
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
});

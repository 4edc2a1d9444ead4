import type * as en from '../../../en/app/doctor-findings/server.ts';
import { isPath } from '../../../finding-words.ts';
import { panes } from './permission.ts';

/** What to look for in the list of System Settings before anything is changed. */
const ownRows = (clientRow: string, rows: string): readonly string[] => [
  ...(clientRow === '' ? [] : [`打開${panes.localNetwork}並開啟 ${clientRow}：它的權限也適用於它所啟動的伺服器。`]),
  ...(rows === ''
    ? []
    : [
        `在${panes.localNetwork}中尋找這個伺服器的項目（${rows}）並開啟。直譯器的項目適用於它執行的所有指令稿，更新後可能失效。`,
      ]),
];

/** A server that fails although this program gets through. */
export const server: typeof en.server = () => ({
  'client-blocked': {
    what: ({ target, server, client }) =>
      `${server === '' ? `伺服器` : server} 連不到 ${target}，原因是${client === '' ? `用戶端` : ` ${client} `}啟動它的方式。`,
    why: ({ target }) =>
      `MCP Gangway 可以連到 ${target}，伺服器卻得到「No route to host」。macOS 以程式為單位詢問權限，而由其他 App 啟動的伺服器常常不屬於任何人：不會詢問，也沒有開關。`,
    steps: ({ client, clientRow, rows }) => [
      ...ownRows(clientRow, rows),
      `讓伺服器經由 Gangway 連線，或由 Gangway 執行它。`,
      `然後完全結束${client === '' ? `用戶端` : ` ${client}`}，再重新打開。`,
    ],
  },
  'client-may-block': {
    what: ({ target, server, client }) =>
      `從這裡可以連到 ${target}。如果 ${server} 仍然失敗，就是 ${client} 啟動它時沒有區域網路的權限。`,
    why: () => `macOS 以程式為單位詢問權限。Gangway 可以做的，由其他 App 啟動的伺服器不一定可以。`,
    steps: ({ client, clientRow, rows }) => [
      ...ownRows(clientRow, rows),
      `讓伺服器經由 Gangway 連線，或由 Gangway 執行它。`,
      `然後完全結束 ${client}，再重新打開。`,
    ],
  },
  'name-in-child': {
    what: ({ host, server }) => `Gangway 認得名稱 ${host}，${server === '' ? `伺服器` : ` ${server} `}卻不認得。`,
    why: ({ runtime }) => `${runtime === '' ? `伺服器的執行環境` : runtime} 以自己的方式查詢名稱，或不能詢問區域網路。`,
    steps: () => [`讓伺服器經由 Gangway 連線，由 Gangway 查詢名稱。`, `或在伺服器的設定中以位址取代名稱。`],
  },
  sandboxed: {
    what: ({ server }) => `${server === '' ? `伺服器` : server} 在不允許連線的沙箱中執行。`,
    why: ({ target }) => `MCP Gangway 可以連到 ${target}，伺服器卻得到「Operation not permitted」。`,
    steps: () => [`由 Gangway 執行這個伺服器。`],
  },
  'proxy-ignored': {
    what: ({ server }) => `${server} 已設為經由 Gangway 連線，但這裡沒有收到任何東西。`,
    why: () => `它仍然自行失敗，而 Gangway 啟動後沒有傳送過任何資料：這個程式不理會代理設定，或仍以舊的設定執行。`,
    steps: ({ client }) => [
      `完全結束${client === '' ? `用戶端` : ` ${client}`}，再重新打開。`,
      `如果沒有改變，請由 Gangway 執行這個伺服器，不論程式是否理會設定都有效。`,
    ],
  },
  'https-without-tunnel': {
    what: ({ server }) => `${server} 以明文把 https:// 請求送到 Gangway，但那需要通道（CONNECT）。`,
    why: () => `axios 1.16.1 之前的版本遇到任何 HTTP 代理都會這樣做。Gangway 以 400 拒絕這種請求。`,
    steps: ({ server }) => [
      `由 Gangway 執行 ${server}，它就不需要代理。`,
      `或將其中的 axios 更新到 1.16.1 以上，或為 axios 設定 proxy: false 與 https-proxy-agent 的 httpsAgent。`,
    ],
  },
  'interpreter-unsigned': {
    what: ({ interpreter }) => `${interpreter} 沒有已知開發者的簽章。`,
    why: () =>
      `macOS 以簽章辨識程式。有些沒有簽章或只有 ad-hoc 簽章的程式，即使從終端機啟動也無法使用區域網路；這時由 Gangway 執行伺服器也可能無效。`,
    steps: () => [
      `讓伺服器經由 Gangway 連線：這不受簽章影響。`,
      `或改用開發者已簽章的直譯器，例如 python.org 或 nodejs.org 的版本。`,
    ],
  },
  'restart-server': {
    what: ({ server }) => `${server} 仍是在網路獲得允許之前啟動的那一個。`,
    why: ({ target }) =>
      `MCP Gangway 可以連到 ${target}，伺服器卻不行。macOS 依照誰啟動程序來判斷，App 重新啟動後判斷仍然不變。`,
    steps: ({ server }) => [`重新啟動 ${server}。`],
  },
  'runtime-fails': {
    what: ({ target, runtime }) => `${runtime} 連不到 ${target}，但 MCP Gangway 可以。`,
    why: ({ program, runtimeErrno }) =>
      `從這裡啟動的 ${program} ${runtimeErrno === '' ? `沒有得到回應` : `得到 ${runtimeErrno}`}。`,
    steps: () => [`如果防火牆或安全軟體會逐一詢問程式，請允許這一個。`, `讓伺服器經由 Gangway 連線。`],
  },
  'server-missing': {
    what: ({ server, program }) => `找不到 ${server} 的指令：${program}。`,
    why: ({ program }) =>
      isPath(program) ? `這個路徑沒有任何檔案。` : `搜尋伺服器指令的檔案夾中都沒有它，報告中列出了這些檔案夾。`,
    steps: ({ program }) => [
      isPath(program) ? `修正伺服器設定中的路徑，或安裝應在該處的程式。` : `安裝它，或在伺服器的設定中寫出完整路徑。`,
    ],
  },
  'apple-exempt': {
    what: ({ target }) => `Apple 自己的工具可以連到 ${target}，但這不能證明其他程式也可以。`,
    why: () => `macOS 的區域網路規則不適用於 curl、nc 與 ping；Node、Python 與 App 則適用。`,
    steps: () => [`不要用 curl 測試，請以伺服器本身執行環境的結果為準。`],
  },
});

/** The gateway, its port and other proxies. */
export const gateway: typeof en.gateway = () => ({
  'gateway-reaches': {
    what: ({ target }) => `經由 Gangway 也可以連到 ${target}。`,
    why: ({ gateway }) => `${gateway} 的閘道已建立通往該處的通道。`,
    steps: () => [],
  },
  'gateway-blocked': {
    what: ({ target }) => `檢查程式可以連到 ${target}，執行中的閘道卻不行。`,
    why: ({ gateway, gatewayErrno }) =>
      `${gateway} 的閘道被拒絕（${gatewayErrno}）。macOS 通常會放行由終端機啟動的程式，App 則需要自己的權限。`,
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

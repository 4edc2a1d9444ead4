import { bilingual } from '../../language.ts';
import { findings } from './finding-words.ts';

/** A server that fails although this program gets through. */
export const server = bilingual(
  () =>
    findings({
      'client-blocked': {
        what: ({ target, server, client }) =>
          `${server === '' ? `The server` : server} cannot reach ${target} because of the way ${client === '' ? `its client` : client} starts it.`,
        why: ({ target }) =>
          `MCP Gangway reaches ${target}; the server gets “No route to host”. macOS asks for permission per program, and a server that another app starts often counts as nobody's: no question, no switch.`,
        steps: ({ client }) => [
          `Lead the server through Gangway, or let Gangway run it.`,
          `Then quit ${client === '' ? `the client` : client} completely and open it again.`,
        ],
      },
      'client-may-block': {
        what: ({ target, server, client }) =>
          `From here ${target} is in reach. If ${server} still fails, ${client} starts it without the permission for the local network.`,
        why: () => `macOS asks for permission per program. What Gangway may, a server that another app starts may not.`,
        steps: ({ client }) => [
          `Lead the server through Gangway, or let Gangway run it.`,
          `Then quit ${client} completely and open it again.`,
        ],
      },
      'name-in-child': {
        what: ({ host, server }) =>
          `Gangway knows the name ${host}; ${server === '' ? `the server` : server} does not.`,
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
        why: () => `It is in none of the folders that servers are searched in; the report lists them.`,
        steps: () => [`Install it, or write its full path into the server's settings.`],
      },
      'apple-exempt': {
        what: ({ target }) => `Apple's own tools reach ${target}; that proves nothing for other programs.`,
        why: () =>
          `macOS exempts curl, nc and ping from its rule for the local network. Node, Python and apps are not exempt.`,
        steps: () => [`Do not test with curl; trust the probe of the server's own runtime.`],
      },
    }),
  () => ({
    'client-blocked': {
      what: ({ target, server, client }) =>
        `${server === '' ? `伺服器` : server} 連不到 ${target}，原因是${client === '' ? `用戶端` : ` ${client} `}啟動它的方式。`,
      why: ({ target }) =>
        `MCP Gangway 可以連到 ${target}，伺服器卻得到「No route to host」。macOS 以程式為單位詢問權限，而由其他 App 啟動的伺服器常常不屬於任何人：不會詢問，也沒有開關。`,
      steps: ({ client }) => [
        `讓伺服器經由 Gangway 連線，或由 Gangway 執行它。`,
        `然後完全結束${client === '' ? `用戶端` : ` ${client}`}，再重新打開。`,
      ],
    },
    'client-may-block': {
      what: ({ target, server, client }) =>
        `從這裡可以連到 ${target}。如果 ${server} 仍然失敗，就是 ${client} 啟動它時沒有區域網路的權限。`,
      why: () => `macOS 以程式為單位詢問權限。Gangway 可以做的，由其他 App 啟動的伺服器不一定可以。`,
      steps: ({ client }) => [
        `讓伺服器經由 Gangway 連線，或由 Gangway 執行它。`,
        `然後完全結束 ${client}，再重新打開。`,
      ],
    },
    'name-in-child': {
      what: ({ host, server }) => `Gangway 認得名稱 ${host}，${server === '' ? `伺服器` : ` ${server} `}卻不認得。`,
      why: ({ runtime }) =>
        `${runtime === '' ? `伺服器的執行環境` : runtime} 以自己的方式查詢名稱，或不能詢問區域網路。`,
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
      why: () => `搜尋伺服器指令的檔案夾中都沒有它，報告中列出了這些檔案夾。`,
      steps: () => [`安裝它，或在伺服器的設定中寫出完整路徑。`],
    },
    'apple-exempt': {
      what: ({ target }) => `Apple 自己的工具可以連到 ${target}，但這不能證明其他程式也可以。`,
      why: () => `macOS 的區域網路規則不適用於 curl、nc 與 ping；Node、Python 與 App 則適用。`,
      steps: () => [`不要用 curl 測試，請以伺服器本身執行環境的結果為準。`],
    },
  }),
);

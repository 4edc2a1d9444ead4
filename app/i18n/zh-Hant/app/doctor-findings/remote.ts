import type * as en from '../../../en/app/doctor-findings/remote.ts';

/** A server with a URL, asked by the running Gangway as a client would. `remoteSaid` is a whole sentence. */
export const remote: typeof en.remote = () => ({
  'remote-works': {
    what: ({ server }) => `${server} 運作正常：Gangway 已開啟工作階段並取得工具清單。`,
    why: ({ remoteRevision, remoteTools }) => `它使用 MCP ${remoteRevision}，有 ${remoteTools} 個工具。`,
    steps: () => [],
  },
  'remote-unreachable': {
    what: ({ server, target }) => `Gangway 連不到 ${server}，但連線檢查可以連到 ${target}。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: () => [
      `如果 Gangway 以 App 執行，請在「隱私權與安全性」›「區域網路」中允許它；從「終端機」啟動的程式不需要這項權限。`,
      `如果設定了上游代理，請把這台主機加入例外。`,
    ],
  },
  'remote-certificate-changed': {
    what: ({ server }) => `${server} 出示的憑證不是您信任的那一張。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: ({ server, remoteCertificate }) => [
      `確認憑證是否已更新：將${remoteCertificate === '' ? `指紋` : ` ${remoteCertificate} `}與伺服器本身顯示的比對。`,
      `若已更新，請信任新的憑證：執行 mcp-gangway trust ${server}，或在設定中按「測試」。`,
      `若沒有更新，就是另一部機器在代替它回應：請勿信任，並找出那部機器。`,
    ],
  },
  'remote-certificate-unknown': {
    what: ({ server }) => `${server} 出示的憑證沒有任何已知的憑證機構簽署，因此不會送出任何內容。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: ({ server, remoteCertificate }) => [
      `將${remoteCertificate === '' ? `指紋` : ` ${remoteCertificate} `}與伺服器本身顯示的比對。`,
      `若兩者相同，請信任它：執行 mcp-gangway trust ${server}，或在設定中按「測試」。`,
    ],
  },
  'remote-certificate-refused': {
    what: ({ server }) => `無法與 ${server} 建立安全連線。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: () => [`檢查其項目中 tls 底下所列的檔案。`, `檢查 URL 應為 http:// 或 https://。`],
  },
  'remote-wrong-path': {
    what: ({ server }) => `${server} 有回應，但這個路徑上沒有 MCP 伺服器。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: ({ remoteUrl }) => [
      `檢查 ${remoteUrl} 的路徑：Home Assistant 以 /api/mcp 結尾，其他多為 /mcp 或 /sse。`,
      `使用 Home Assistant 時，請先加入「Model Context Protocol Server」整合。`,
      `如果前面有需要用瀏覽器登入的頁面，請讓帶有權杖的請求通過。`,
    ],
  },
  'remote-redirect': {
    what: ({ server }) => `${server} 要轉往另一個位址，因此沒有跟隨。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: () => [`如果那個位址是您的，請把它寫成伺服器的 URL。`],
  },
  'remote-http': {
    what: ({ server }) => `可以連到 ${server}，但它的回應無法使用。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: () => [`查看伺服器本身的記錄，以及它前面的代理的記錄。`, `檢查 URL 中的連接埠。`],
  },
  'remote-sign-in-needed': {
    what: ({ server }) => `${server} 需要登入。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: ({ server }) => [
      `登入：執行 mcp-gangway login ${server}，或在設定中按「登入…」。`,
      `如果它有自己的權杖，請寫入標頭 Authorization，格式為「Bearer …」。`,
    ],
  },
  'remote-sign-in-ended': {
    what: ({ server }) => `${server} 的登入已失效。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: ({ server }) => [
      `重新登入：執行 mcp-gangway login ${server}，或在設定中按「登入…」。`,
      `如果很快又失效，請核對兩部機器的時鐘。`,
    ],
  },
  'remote-scope-missing': {
    what: ({ server }) => `目前對 ${server} 的登入沒有所需的權限。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: ({ server }) => [`重新登入並同意它要求的權限：mcp-gangway login ${server}。`],
  },
  'remote-credentials-refused': {
    what: ({ server }) => `${server} 拒絕其項目中的權杖。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: () => [
      `在伺服器上產生新的權杖，寫入標頭 Authorization，前面加上「Bearer 」。`,
      `確認權杖所屬的帳號可以使用 MCP。`,
    ],
  },
  'remote-forbidden': {
    what: ({ server }) => `${server} 不讓 Gangway 連入，也沒有要求登入。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: () => [
      `查看伺服器或它前面的代理允許哪些機器與主機名稱。`,
      `如果它有自己的權杖，請寫入標頭 Authorization，格式為「Bearer …」。`,
    ],
  },
  'remote-sign-in-unavailable': {
    what: ({ server }) => `目前無法更新 ${server} 的登入。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: () => [`確認可以連到登入所在的機器；下一次呼叫會再試。`],
  },
  'remote-session': {
    what: ({ server }) => `可以連到 ${server}，但無法建立工作階段。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: () => [
      `檢查設定中的傳輸方式：有些伺服器只支援 HTTP+SSE，路徑為 /sse。`,
      `關閉它前面的代理的緩衝。`,
      `查看伺服器本身的記錄。`,
    ],
  },
  'remote-tools': {
    what: ({ server }) => `${server} 可以開啟工作階段，但沒有列出工具。`,
    why: ({ remoteSaid }) => remoteSaid,
    steps: () => [`查看伺服器本身的記錄；它可能在等待後端的裝置或服務。`],
  },
});

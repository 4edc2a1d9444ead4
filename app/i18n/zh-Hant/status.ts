import type * as en from '../en/status.ts';

/** The state of the app in words, the same in menu, tooltip and windows. */
export const status: typeof en.status = () => ({
  off: `MCP Gangway 已關閉`,
  offFor: (left) => `MCP Gangway 已關閉，${left}後重新開啟`,
  starting: `正在啟動…`,
  stopping: `正在停止…`,
  on: (address) => `已在 ${address} 開啟`,
  comma: `、`,
  tunnels: (count) => `${count} 個通道`,
  sessions: (count) => `${count} 個 MCP 工作階段`,
  server: {
    ready: `就緒`,
    failing: `失敗中`,
    stopped: `已停止`,
  },
  conditions: {
    notStarted: `尚未啟動`,
    starting: (age) => `正在啟動，已 ${age}`,
    running: `執行中`,
    failed: (age) => `${age}前失敗`,
    resting: (age, next) => `${age}前失敗，${next}後再試`,
    signedOut: `等候登入`,
    stopped: `已停止`,
  },
  uses: { session: `專供一個工作階段`, shared: `共用`, probe: `偵測`, spare: `備用` },
  children: (count) => `${count} 個程序`,
  restarts: (count) => `意外結束 ${count} 次`,
  ages: {
    seconds: (seconds) => `${seconds} 秒`,
    minutes: (minutes) => `${minutes} 分鐘`,
    wholeHours: (hours) => `${hours} 小時`,
    hours: (hours, minutes) => `${hours} 小時 ${minutes} 分鐘`,
    days: (days, hours) => `${days} 天 ${hours} 小時`,
  },
});

/** What is said over the control socket, and about it. */
export const control: typeof en.control = () => ({
  notJson: `這一行不是 JSON。`,
  invalidRequest: `這一行不是 JSON-RPC 2.0 訊息：須為含有 method 的物件，其 id 須為文字或數字；不需要回應時請省略 id。`,
  lineTooLong: (limit) => `這一行超過 ${limit} 位元組。`,
  helloFirst: `每個連線的第一個請求必須是 hello。`,
  unknownMethod: (method) => `這個 MCP Gangway 沒有 ${method} 這個方法。它可能比提出請求的程式舊：請更新它。`,
  invalidParam: (param) => `缺少參數 ${param}，或其類型不正確。`,
  noSuchSignIn: `這個伺服器沒有登入在等候該位址。請貼上瀏覽器最後到達的完整位址。`,
  tooManyStreams: (limit) => `每個連線最多可開啟 ${limit} 個串流，且各用不同的 id。`,
  tooManyConnections: (limit) => `${limit} 個控制連線都在使用中。請關閉正在追蹤這個 MCP Gangway 的程式，然後再試一次。`,
  clientTooOld: (version) =>
    `對執行中的 MCP Gangway（${version}）來說，這個 mcp-gangway 太舊。請更新它，或改用 App 內附的版本。`,
  serverTooOld: (version) =>
    `對這個 mcp-gangway 來說，執行中的 MCP Gangway（${version}）太舊。請更新它，或結束它並啟動新版本。`,
  internal: `發生內部錯誤。詳情請見 MCP Gangway 的記錄。`,
  onlyApp: (method) =>
    `「${method}」只適用於 App。這個 MCP Gangway 不是由 App 執行：它沒有視窗，執行期間一直是開啟的。若要關閉，請停止它的服務，或在啟動它的地方按 Ctrl+C。`,
  clientsOfApp: (method) =>
    `「${method}」只適用於 App，而這個 MCP Gangway 是從命令列啟動的。不經由 App 修改用戶端的檔案，請用「mcp-gangway clients」。`,
  fixedSettings: `這個 MCP Gangway 從命令列啟動，設定就是它的參數。請以其他參數重新啟動。`,
  fixedServers: (file) =>
    `這個 MCP Gangway 的伺服器來自 ${file}，檔案變更時會自動更新：請修改該檔案。其他設定就是它的參數，請以其他參數重新啟動。`,
  faultySettings: (paths) => `不允許這些設定：${paths}。沒有任何變更。`,
  several: (ports) => `您有多個 MCP Gangway 正在執行，連接埠為 ${ports}。請以 -p PORT 指定其中一個。`,
  notOpened: (reasons) =>
    `無法開啟控制通訊端；status、connect 與 doctor 會改用連接埠。已嘗試：${reasons}。檔案夾必須只屬於這個帳號（chmod 700）。`,
  passedOver: (folders) =>
    `控制通訊端不在平常的位置，因為無法使用該檔案夾：${folders}。它必須只屬於這個帳號（chmod 700）。`,
  refusedFolder: (folders) => `不使用控制通訊端：${folders} 必須只屬於這個帳號（chmod 700）。`,
});

import type { cliRun as en } from '../en/cli-run.ts';

/** What the command line says while it starts, stops, fails to, and reports. */
export const cliRun: typeof en = () => ({
  ready: (version) => `MCP Gangway ${version} 已就緒。`,
  variables: `要讓程式使用這個網路，請在它的環境變數加入：`,
  tokenPlaceholder: `TOKEN 請換成您的權杖。`,
  endpoints: `MCP 用戶端請連到：`,
  olderClients: `（較舊的用戶端）`,
  noServers: `目前沒有提供 MCP 伺服器。可用 --sse 指令 … 或 --config 檔案 加入。`,
  forward: (local, target) => `${local} 會轉送到 ${target}。`,
  otherMachines: `其他電腦請把 127.0.0.1 換成這台電腦的位址。`,
  shortToken: `權杖太短，其他電腦可能猜得到。可用 openssl rand -hex 32 產生一個好的權杖。`,
  stop: `按 Ctrl+C 停止。`,
  sharedMachine: (people) =>
    `這台電腦上有 ${people} 個人的帳號，他們的程式都能連到這個連接埠。使用 --require-token 並搭配 --tokens FILE 或 --token-file FILE，就只有持有權杖的程式能連入。`,
  tokens: {
    none: `沒有權杖。`,
    added: (name) =>
      `這是權杖 ${name}，之後不會再顯示，因為只保留它的雜湊值。請放在密碼的位置：http://${name}:TOKEN@127.0.0.1:28080，或「Authorization: Bearer TOKEN」。`,
    revoked: (name) => `權杖 ${name} 已失效。`,
    taken: (name) => `已有權杖 ${name}。請先撤銷它，或改用其他名稱。`,
    unknown: (name) => `沒有權杖 ${name}；「mcp-gangway token list」會列出所有權杖。`,
    noFile: (file) => `沒有檔案 ${file}。請用第一個權杖建立它：mcp-gangway token add NAME --tokens ${file}`,
    unreadable: (file, code) => `無法讀取 ${file} 裡的權杖：${code}。`,
    notWritten: (file, code) => `無法寫入 ${file}：${code}。權杖維持原狀。`,
    badLine: (file, line) =>
      `${file} 第 ${line} 行不是權杖：應有名稱、十六進位的 SHA-256 與日期，如同「mcp-gangway token add」所寫。`,
    twice: (file, name) => `${file} 裡有兩個 ${name}；每個權杖都要有自己的名稱。`,
    asBefore: `沿用原來的權杖。`,
  },
  fileDoubts: {
    writable: (file, path, mode) =>
      `其他帳號可以寫入 ${file}（權限 ${mode}），也就能決定要執行什麼、讓誰進來。請取消這個權限：chmod go-w ${path}`,
    replaceable: (file, path, mode) =>
      `其他帳號可以換掉 ${file}，因為他們能寫入檔案夾 ${path}（權限 ${mode}）。請取消這個權限：chmod go-w ${path}`,
    foreign: (file, path, _mode, uid) =>
      `編號 ${uid} 的帳號擁有 ${path}，因此可以更改 ${file}。請把檔案放在只有您與 root 能寫入的位置。`,
    readable: (file, path, mode) =>
      `其他帳號可以讀取 ${file} 裡的權杖（權限 ${mode}）。請取消這個權限：chmod 600 ${path}`,
  },
  portTaken: {
    byGangway: (port, pid) =>
      pid === null ? `MCP Gangway 已在連接埠 ${port} 執行。` : `MCP Gangway 已在連接埠 ${port} 執行（程序 ${pid}）。`,
    useIt: (port) => `可以直接使用它（mcp-gangway status -p ${port}），或先停止它。`,
    stopIt: (pid, windows) => (windows ? `停止方式：taskkill /PID ${pid}` : `停止方式：kill ${pid}`),
    byProgram: (port, name, pid) =>
      `連接埠 ${port} 已被${name === '' ? '另一個程式' : ` ${name} `}使用（程序 ${pid}）。`,
    byUnknown: (port) => `連接埠 ${port} 已被其他程式使用，而目前的使用者無權查看是哪一個。`,
    otherPort: (free) => `請停止該程式，或改用其他連接埠：mcp-gangway -p ${free}`,
    otherForward: (free) => `請停止該程式，或改用其他連接埠轉送，例如 ${free}。`,
  },
  notAllowed: (port) => `目前的使用者不能在連接埠 ${port} 監聽。1024 以下的連接埠屬於系統，請改用較大的號碼。`,
  noSuchAddress: (host) => `這台電腦沒有 ${host} 這個位址可以監聽。`,
  cannotStart: (reason) => `MCP Gangway 無法啟動：${reason}。`,
  status: {
    notRunning: (place) => `MCP Gangway 沒有在 ${place} 執行。`,
    stranger: (place) => `${place} 由另一個程式監聽，不是 MCP Gangway。`,
    tokenNeeded: `它需要權杖：請設定 MCP_GANGWAY_TOKEN 或使用 --token。`,
    tokenWrong: `它不接受這個權杖。`,
    tokenWithAddress: `它需要權杖，而權杖只會送到您指定的位址：請同時給 -p PORT 或 --host。`,
    broke: `詢問期間 MCP Gangway 結束了。`,
    off: (version, pid) => `MCP Gangway ${version} 目前是關閉的（程序 ${pid}）。`,
    running: (version, pid, since) => `MCP Gangway ${version} 自 ${since} 起執行中（程序 ${pid}）。`,
    listening: (addresses) => `監聽 ${addresses}。`,
    server: (name, state, sessions, children) =>
      `MCP 伺服器 ${name}：${state}，${sessions} 個工作階段，${children} 個程序。`,
    states: { ready: `就緒`, failing: `一再失敗`, stopped: `已停止` },
    tunnels: (count) => (count === 0 ? `目前沒有通道。` : `目前有 ${count} 個通道：`),
    more: (count) => `另有 ${count} 個`,
    totals: (tunnels, requests, up, down) => `至今共 ${tunnels} 個通道、${requests} 個請求；送出 ${up}，接收 ${down}。`,
    lastRequests: `最近的請求（依用戶端提供的名稱）：`,
    ago: (age) => `${age}前`,
    outcomes: { connected: `已連線`, 'given-up': `已放棄` },
    requests: (requests, failed) => `共 ${requests} 次${failed === 0 ? '' : `，失敗 ${failed} 次`}`,
    failures: (count) => (count === 0 ? `沒有任何失敗。` : `失敗（共 ${count} 次），最新的在最後：`),
  },
});

import type * as en from '../../en/app/windows.ts';

/** What the windows of the app share. */
export const windows: typeof en.windows = () => ({
  titles: {
    settings: `MCP Gangway 設定`,
    logs: `MCP Gangway 記錄`,
    welcome: `歡迎使用 MCP Gangway`,
    clients: `MCP Gangway 用戶端`,
    doctor: `MCP Gangway 連線檢查`,
  },
  copy: `複製`,
  copied: `已複製`,
  close: `關閉`,
  dismiss: `知道了`,
  cancel: `取消`,
  save: `儲存`,
  start: (server) => `啟動 ${server}`,
  restart: (server) => `重新啟動 ${server}`,
  stop: (server) => `停止 ${server}`,
  notDone: (reason) => `無法完成：${reason}`,
});

/** The native menus, the dialogs and the notifications of the app. */
export const menu: typeof en.menu = () => ({
  turnOn: `開啟`,
  turnOff: `關閉`,
  tunnels: (count) => `通道（${count}）`,
  noTunnels: `沒有開啟的通道`,
  more: (count) => `還有 ${count} 個`,
  closeTunnel: `關閉通道`,
  closeAllTunnels: `關閉所有通道`,
  opened: (age) => `已開啟 ${age}`,
  traffic: (up, down) => `送出 ${up}，收到 ${down}`,
  servers: (count) => `MCP 伺服器（${count}）`,
  noServers: `沒有 MCP 伺服器`,
  addServer: `加入伺服器…`,
  running: (command) => `執行 ${command}`,
  child: (pid, use, age) => `程序 ${pid}，${use}，${age}`,
  start: `啟動`,
  restart: `重新啟動`,
  stop: `停止`,
  showLog: `顯示記錄`,
  copyConfig: `複製設定`,
  port: (port) => `連接埠 ${port}…`,
  launchAtLogin: `登入時啟動`,
  needsApproval: `登入時啟動：需要核准…`,
  logs: `記錄`,
  settings: `設定…`,
  clients: `讓我的伺服器連得上…`,
  welcome: `開始使用`,
  doctor: `連線檢查…`,
  findOut: `找出原因…`,
  about: `關於 MCP Gangway`,
  quit: `結束 MCP Gangway`,
  usePort: (port) => `改用連接埠 ${port}`,
  restartServer: (name) => `重新啟動 ${name}`,
  edit: `編輯`,
  window: `視窗`,
  closeWindow: `關閉視窗`,
  find: `尋找…`,
  quitQuestion: {
    message: (tunnels, sessions) => `要結束 MCP Gangway 嗎？目前還有 ${tunnels}與 ${sessions}。`,
    detail: `結束後它們會一併中斷，由它執行的 MCP 伺服器也會停止。`,
    quit: `結束`,
    cancel: `取消`,
    never: `不要再詢問`,
  },
  exportTitle: `輸出記錄`,
  notify: { attention: `MCP Gangway 需要您處理` },
});

/** The window under the icon. */
export const popover: typeof en.popover = () => ({
  title: `MCP Gangway`,
  power: `MCP Gangway`,
  states: { off: `已關閉`, starting: `正在啟動…`, on: `已開啟`, stopping: `正在停止…` },
  offHint: `開啟後，MCP 伺服器就能使用這台 Mac 的網路。`,
  copyAddress: `複製位址`,
  traffic: `流量`,
  trafficNow: (up, down) => `每秒送出 ${up}，收到 ${down}`,
  noTraffic: `目前沒有流量`,
  tunnels: `通道`,
  noTunnels: `使用這個代理的程式會顯示在這裡。`,
  moreTunnels: (count) => `其餘 ${count} 個請見狀態頁`,
  closeTunnel: (target) => `關閉連到 ${target} 的通道`,
  from: (label) => `來自 ${label}`,
  sent: (bytes) => `送出 ${bytes}`,
  received: (bytes) => `收到 ${bytes}`,
  servers: `MCP 伺服器`,
  noServers: `還沒有 MCP 伺服器。`,
  addServer: `加入伺服器`,
  process: (pid) => `程序 ${pid}`,
  startsWhenUsed: `用戶端連線時啟動`,
  lastWords: `最後的訊息`,
  log: (name) => `${name} 的記錄`,
  snippet: `設定對象`,
  preview: `預覽`,
  clients: `用戶端`,
  settings: `設定`,
  logs: `記錄`,
  quit: `結束`,
  kinds: { connect: `CONNECT`, socks: `SOCKS5`, 'tcp-forward': `TCP 轉送`, upgrade: `Upgrade` },
});

/** The log window. */
export const logWindow: typeof en.logWindow = () => ({
  title: `記錄`,
  tools: `記錄工具`,
  search: `搜尋`,
  matches: (at, count) => (count === 0 ? `沒有符合的項目` : `第 ${at} 個，共 ${count} 個`),
  previous: `上一個符合項目`,
  next: `下一個符合項目`,
  level: `層級`,
  levels: { error: `只看錯誤`, warn: `警告與錯誤`, info: `一般`, debug: `全部` },
  source: `來源`,
  allSources: `所有來源`,
  program: `App`,
  follow: `跟隨`,
  pause: `暫停`,
  resume: `繼續`,
  copyAll: `複製顯示的記錄`,
  copySelected: (count) => `複製 ${count} 行`,
  exportAll: `輸出…`,
  reveal: `在 Finder 中顯示`,
  clear: `清除畫面`,
  lines: `記錄內容`,
  count: (shown, all) => (shown === all ? `${all} 行` : `${all} 行中的 ${shown} 行`),
  paused: `已暫停：新的記錄會等候。`,
  none: `還沒有任何記錄。`,
  noneShown: `沒有記錄符合篩選條件。`,
  exported: (file) => `已輸出到 ${file}`,
  detail: `選取的記錄`,
  names: { error: `錯誤`, warn: `警告`, info: `資訊`, debug: `除錯` },
});

/** The first-run window. */
export const welcome: typeof en.welcome = () => ({
  title: `歡迎使用 MCP Gangway`,
  lead: `有些用戶端啟動的 MCP 伺服器連不到您的網路。MCP Gangway 開啟一個連接埠，讓它們改由這台 Mac 的網路連出去。`,
  on: {
    title: `開啟`,
    words: `它會出現在選單列。若看不到圖像，請查看「系統設定 > 選單列」，或再次打開這個 App。`,
  },
  clients: {
    title: `讓您的伺服器連上網路`,
    words: `Claude Desktop、Cursor 等用戶端把 MCP 伺服器寫在檔案裡。MCP Gangway 會找出這些檔案，先讓您預覽再修改；一切都能還原。`,
    open: `選擇伺服器…`,
    byHand: `或者自己動手：複製設定，貼到 MCP 用戶端的設定中。`,
  },
  network: {
    title: `允許區域網路`,
  },
  shared: {
    title: `還有其他人使用這台 Mac`,
    words: (people) =>
      `這裡有 ${people} 個人的帳號，他們的程式都能連到這個連接埠。要求權杖後，只有持有權杖的用戶端能連入；在這裡設定的用戶端會自動取得權杖。`,
    require: `要求權杖`,
  },
  login: { title: `登入時啟動` },
  done: `完成`,
});

/** What can go wrong while the app is switched on, off or over to other settings. */
export const problems: typeof en.problems = () => ({
  notSaved: {
    sentence: (reason) => `無法儲存設定：${reason}。`,
    hint: `設定在 App 結束前仍然有效。請確認磁碟還有空間，而且檔案可以寫入。`,
  },
  notRestored: {
    sentence: (reason) => `無法套用新設定，也無法恢復先前的設定：${reason}MCP Gangway 已關閉。`,
  },
  keptAside: {
    sentence: (file) => `無法讀取設定檔。原檔已保留為 ${file}，App 以全新設定啟動。`,
    hint: `請修復該檔案並放回原處，或重新設定。`,
  },
  lostPort: {
    sentence: (port) => `失去了連接埠 ${port}。`,
    hint: `請關閉 MCP Gangway 再重新開啟。`,
  },
  iconHidden: {
    sentence: `選單列中看不到 MCP Gangway 的圖像。`,
    hint: `請在「系統設定 > 選單列」中顯示它，或結束其他選單列 App 以騰出空間。再次打開這個 App，就會回到這個視窗。`,
  },
  serverFailing: {
    hint: `請看它最後寫下的內容，修正指令後重新啟動它。`,
  },
});

/** The file for people who help. */
export const diagnostics: typeof en.diagnostics = () => ({
  title: `MCP Gangway 診斷資料`,
  note: `送出前請先看過：權杖、密碼與環境變數的值已移除，主機與程式的名稱仍在其中。`,
  machine: `電腦`,
  settings: `設定`,
  state: `狀態`,
  log: (lines) => `記錄，最後 ${lines} 行`,
  label: `診斷資料`,
  save: `儲存診斷資料…`,
  saveLabel: `儲存診斷資料`,
  dialog: `儲存診斷資料`,
  hint: `一個給協助者的文字檔：不含機密的設定、狀態與最近的記錄。`,
  saved: (file) => `已儲存為 ${file}`,
});

import type * as en from '../en/cli.ts';

/** What the command line says while it starts, stops, fails to, and reports. */
export const cliRun: typeof en.cliRun = () => ({
  nodeTooOld: (found, oldest) =>
    `MCP Gangway 需要 Node.js ${oldest} 以上，而這是 ${found}。請從 https://nodejs.org 安裝目前的版本，然後再啟動一次。`,
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
  cannotStart: (reason) => `MCP Gangway 無法啟動：${reason}。`,
  server: {
    noInstance: (port) =>
      port === null
        ? `這個帳號沒有執行中的 MCP Gangway。請先啟動它，或以 -p PORT 指定連接埠。`
        : `連接埠 ${port} 上沒有這個帳號的 MCP Gangway。「mcp-gangway status」會顯示它在哪裡。`,
    done: {
      start: (name) => `MCP 伺服器 ${name} 可以再使用了；下一個用戶端會啟動它。`,
      stop: (name) => `MCP 伺服器 ${name} 已停止。「mcp-gangway start ${name}」可讓它再次使用。`,
      restart: (name) => `MCP 伺服器 ${name} 已結束，下一個用戶端會重新啟動它。`,
    },
  },
  login: {
    opened: `瀏覽器會開啟以供登入。若沒有開啟，請在瀏覽器中開啟這個位址：`,
    openThis: `請在瀏覽器中開啟這個位址以登入：`,
    paste: (redirectUri) =>
      `瀏覽器最後會到達 ${redirectUri}。若瀏覽器在另一台電腦上，請把屆時顯示的完整位址貼到這裡，然後按 Enter。`,
    device: (url, code) => `請在任一瀏覽器開啟 ${url}，並輸入代碼 ${code}`,
    goOn: `仍要登入嗎？[y/N]`,
    acceptNoPkce: (server) => `若仍要登入：mcp-gangway login ${server} --accept-no-pkce`,
    done: (server, issuer) => `您已在 ${issuer} 登入 ${server}。`,
    renews: `登入會自動更新。`,
    until: (time) => `登入將於 ${time} 到期。`,
    loggedOut: (server) => `您已登出 ${server}；其權杖已刪除。`,
    wasLoggedOut: (server) => `${server} 原本就沒有登入。`,
  },
  status: {
    signedIn: (issuer) => `已在 ${issuer} 登入`,
    signedInUntil: (issuer, time) => `已在 ${issuer} 登入，有效至 ${time}`,
    signedInRenews: (issuer, time) => `已在 ${issuer} 登入，會自動更新，下次在 ${time} 之前`,
    notRunning: (place) => `MCP Gangway 沒有在 ${place} 執行。`,
    unreachable: (place, code) => `無法連到 ${place}（${code}）。請檢查位址，並確認那台機器已開機。`,
    silent: (place) => `在 ${place} 監聽的程式沒有回應。它可能是忙碌中的 MCP Gangway：請稍後再試。`,
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

/** What the command line says about itself, and about arguments it cannot follow: one line each. */
export const cliUsage: typeof en.cliUsage = () => ({
  didYouMean: (name) => `您是不是要用 ${name}？`,
  seeHelp: `--help 會列出所有選項。`,
  unknownOption: (option) => `沒有 ${option} 這個選項。`,
  notForStatus: (option) => `status 用不到 ${option}。`,
  notForConnect: (option) => `connect 用不到 ${option}。`,
  notForServer: (option, action) => `${action} 用不到 ${option}。`,
  serverMissing: (action) => `請指定伺服器：mcp-gangway ${action} SERVER。「mcp-gangway status」會列出它們。`,
  notForToken: (option) => `token 用不到 ${option}。`,
  tokenNeedsFile: `請指定權杖清單檔：mcp-gangway token list --tokens FILE。`,
  tokenNeedsName: (action) => `請指定權杖的名稱：mcp-gangway token ${action} NAME --tokens FILE。`,
  badTokenName: (name) => `「${name}」不能當作權杖的名稱：只能使用字母、數字、- _ 與 .，並以字母或數字開頭。`,
  startNeedsMac: `--start 只能在 macOS 上使用。`,
  notForDoctor: (option) => `doctor 用不到 ${option}。`,
  onlyFor: (option, commands) => `${option} 只能與 ${commands} 一起使用。`,
  unexpectedWord: (word) => `這裡不應該有「${word}」。`,
  commandsGoBehindSse: `MCP 伺服器的指令要寫在 --sse 後面，並放在整行最後。`,
  lanCredentialsOfUrl: `--lan-credentials 用於 --sse 之後的網址。若是 --config 檔案，請在該項目中加入 "lanCredentials": true。`,
  behindSse: (option) => `${option}寫在 --sse 之後，會傳給 MCP 伺服器。若是要給 MCP Gangway，請寫在 --sse 之前。`,
  takesNoValue: (option) => `${option} 不接受值。`,
  needsValue: (option, form) => `${option} 需要一個值：${option} ${form}。`,
  invalid: (option, value, expected) => `${option} 不能是「${value}」：${expected}。`,
  expected: {
    port: `連接埠是 1 到 65535 的數字`,
    host: `必須是這台電腦的位址，例如 127.0.0.1、::1 或 0.0.0.0`,
    token: `權杖只能使用可列印的 ASCII 字元，不含空白`,
    forward: `格式是 PORT=HOST:PORT，例如 5432=db.lan:5432 或 5432=[fd00::5]:5432`,
    upstream: `格式是 http://user:password@host:port 或 https://…`,
    upstreamIsUs: `那就是這個代理本身，所有請求會不停繞圈`,
    origin: `來源的格式是 scheme://host[:port]，不含路徑，與瀏覽器送出的相同；不支援萬用字元`,
    hostName: `必須是主機名稱或位址，不含通訊協定、連接埠與路徑`,
    level: (levels) => `等級有 ${levels.join('、')}`,
    language: `語言有 en 與 zh-Hant`,
    seconds: `必須是 0 到 3600 的整數秒`,
    fingerprint: `SHA-256 指紋為 64 個十六進位數字，可加冒號，用於 --sse https://…`,
    serverUrl: `伺服器的網址應為 http:// 或 https://，且不含使用者名稱、密碼或 #片段；憑證請放進 --config 檔案的 headers`,
    portTwice: `這個連接埠已經被另一個選項使用`,
  },
  secretHidden: `（不顯示）`,
  tokenFileUnreadable: (path, reason) => `無法讀取權杖檔 ${path}：${reason}。`,
  tokenFileInvalid: (path) => `權杖檔 ${path} 必須只有一個權杖，由可列印的 ASCII 字元組成，不含空白。`,
  tokenFileDoubtful: (reason) => `不使用這個權杖檔。${reason}`,
  configUnreadable: (path, reason) => `無法讀取檔案 ${path}：${reason}。`,
  tokenTwice: `--token 與 --token-file 只能擇一。`,
  requireNeedsToken: `--require-token 需要可辨識用戶端的權杖：請使用 --tokens FILE、--token-file FILE 或 MCP_GANGWAY_TOKEN。`,
  needsToken: (host) =>
    `在 ${host} 監聽會讓其他電腦連進來，因此需要權杖。請先產生一個再重新啟動：export MCP_GANGWAY_TOKEN=$(openssl rand -hex 32)`,
  title: (version) =>
    `MCP Gangway ${version}：用一個本機連接埠把網路借給 MCP 伺服器，並讓所有 MCP 用戶端使用 stdio MCP 伺服器`,
  usage: `用法：`,
  forms: {
    serve: `[serve] [選項] [--sse 指令 參數…]`,
    status: `status [--json] [-p PORT]`,
    connect: `connect [伺服器] [-p PORT]`,
    server: `start | stop | restart SERVER [-p PORT]`,
    login: `login SERVER [--print] [--accept-no-pkce] | logout SERVER [-p PORT]`,
    doctor: `doctor [HOST:PORT] [--server NAME] [--error TEXT] [--json] [-p PORT]`,
    token: `token [list | add NAME | revoke NAME] --tokens FILE`,
  },
  options: {
    port: { form: `PORT`, says: `要監聽的連接埠，預設 28080；或用來指定執行中的是哪一個` },
    host: { form: `ADDRESS`, says: `要監聽的位址；預設 127.0.0.1 與 ::1；超出本機就必須設定權杖` },
    token: {
      form: `TOKEN`,
      says: `用戶端必須出示的權杖，只在有 -p 或 --host 時送出；建議改用 MCP_GANGWAY_TOKEN，ps 才看不到`,
    },
    'token-file': { form: `FILE`, says: `從檔案讀取權杖` },
    tokens: { form: `FILE`, says: `具名權杖，只存雜湊值，由「mcp-gangway token」產生；檔案變更時自動更新` },
    'require-token': { form: ``, says: `這台電腦的用戶端也必須出示權杖；其他電腦則一律必須` },
    'trust-reverse-proxy': { form: ``, says: `反向代理轉來的請求不需權杖：由那個代理檢查誰能進入` },
    'lan-loopback': { form: ``, says: `讓其他電腦經由代理連到這台電腦自己的服務` },
    'lan-forwards': { form: ``, says: `讓其他電腦經由代理連到 TCP 轉送` },
    forward: { form: `PORT=HOST:PORT`, says: `把 127.0.0.1:PORT 轉送到 HOST:PORT；可重複使用` },
    upstream: {
      form: `URL`,
      says: `要經過的上游代理，http://user:password@host:port；或用 MCP_GANGWAY_UPSTREAM`,
    },
    'no-proxy': { form: `LIST`, says: `不經過上游代理的目標：名稱、位址、CIDR 網段` },
    'deny-port': { form: `PORTS`, says: `禁止經由代理連線的連接埠，例如 25,465；可重複使用` },
    'allow-origin': { form: `ORIGIN`, says: `可以使用 MCP 端點的網頁來源；可重複使用` },
    'allow-host': { form: `NAME`, says: `請求網址中可使用的其他主機名稱；可重複使用` },
    config: { form: `FILE`, says: `「mcpServers」JSON 設定檔中的 MCP 伺服器；檔案變更時自動更新` },
    'log-level': { form: `LEVEL`, says: `error、warn、info 或 debug；預設 info` },
    'log-file': { form: `FILE`, says: `另外把記錄寫成 JSON Lines，5 個檔案、每個 5 MB` },
    lang: { form: `LANGUAGE`, says: `en 或 zh-Hant；預設依系統語系` },
    start: { form: ``, says: `connect 會先開啟尚未執行的 App（macOS）` },
    drain: {
      form: `SECONDS`,
      says: `收到 SIGTERM 後，連接埠再開放這麼久，/readyz 為 503；用於 connect 時是等待最後回應的時間，預設 60`,
    },
    print: { form: ``, says: `login 只顯示位址，不開啟瀏覽器` },
    'accept-no-pkce': { form: ``, says: `即使授權伺服器沒有表明支援 PKCE，login 仍繼續` },
    'no-spare': { form: ``, says: `不為下一個工作階段預先備妥 MCP 伺服器的程序` },
    trust: { form: `FINGERPRINT`, says: `--sse 之後的 https 伺服器唯一信任的憑證（SHA-256 指紋）` },
    'lan-credentials': { form: ``, says: `讓其他電腦以登入者的身分使用 --sse URL 的伺服器` },
    server: { form: `NAME`, says: `doctor：失敗的伺服器，來自 --config 或這台電腦上的用戶端` },
    error: { form: `TEXT`, says: `doctor：它顯示的錯誤，照原樣貼上` },
    json: { form: ``, says: `以 JSON 顯示 status 或 doctor 的結果` },
    help: { form: ``, says: `顯示這份說明` },
    version: { form: ``, says: `顯示版本` },
    sse: {
      form: `COMMAND …`,
      says: `在 /mcp 與 /sse 提供這個 stdio MCP 伺服器，或這個網址的伺服器；整行其餘部分都屬於它`,
    },
  },
});

/** What `mcp-gangway connect` says to the client it serves, and on stderr. */
export const shim: typeof en.shim = () => ({
  unreachable: (place, code) =>
    `無法在 ${place} 連到 MCP Gangway（${code}）。請檢查位址，並確認那台機器已開機且在同一個網路。`,
  notRunning: (place) => `MCP Gangway 沒有執行：${place} 沒有程式在監聽。請開啟 MCP Gangway 並將它打開，然後再試一次。`,
  off: `MCP Gangway 目前是關閉的。請從它的選單打開，然後再試一次。`,
  starting: (place) => `正在啟動 MCP Gangway，但 ${place} 尚未開始監聽。請開啟 MCP Gangway 並將它打開，然後再試一次。`,
  stranger: (place) => `在 ${place} 監聽的不是 MCP Gangway，或是舊版本。請查看設定中的連接埠，並以 --port 指定。`,
  webServer: (place, status) =>
    `在 ${place} 回應的是網頁伺服器（HTTP ${status}），不是 MCP Gangway 本身。若前面有反向代理，請讓用戶端改用以 /mcp 結尾的網址，不要用 connect：connect 使用不加密的 HTTP，且需要代理把 /stdio 連同 Upgrade 一起轉送。否則請檢查連接埠，並以 --port 指定。`,
  upgradeDropped: (place) =>
    `MCP Gangway 在 ${place} 有回應，但中間的反向代理丟掉了 connect 需要的「Upgrade: mcp-stdio」。請讓它轉送 Upgrade 與 Connection，或讓用戶端改用以 /mcp 結尾的網址。`,
  tokenNeeded: `MCP Gangway 需要權杖。請為這個伺服器設定 MCP_GANGWAY_TOKEN，或以 --token-file 指定檔案。`,
  tokenWithAddress: `MCP Gangway 需要權杖，而權杖只會送到您指定的位址：請同時給 -p PORT 或 --host。`,
  tokenWrong: `MCP Gangway 不接受這個權杖。請從 MCP Gangway 的設定重新複製。`,
  lost: `在收到回應之前，與 MCP Gangway 的連線中斷了。這個請求可能已執行，也可能沒有。`,
  cancelled: `與 MCP Gangway 的連線中斷了。`,
  reconnected: `MCP Gangway 已重新啟動。這個工作階段改由新的伺服器程序繼續；舊程序記憶體中的內容已不存在。`,
  newServer: (why) => `${why} 這個工作階段改由新的伺服器程序繼續；舊程序記憶體中的內容已不存在。`,
  waitsForRequest: (why) => `${why}它才剛重新啟動過；下一個請求會再次啟動它。`,
  notRestored: (reason) =>
    `MCP Gangway 已恢復，但它的伺服器沒有接續這個工作階段：${reason}請在這個用戶端重新啟動伺服器。`,
  otherRevision: `它現在使用另一個 MCP 版本。`,
  noAnswerAfterEnd: (seconds) =>
    `輸入已結束，而回應沒有在 ${seconds} 秒內抵達。可用 --drain SECONDS 讓 connect 等久一點。`,
  cannotStart: (reason) => `無法啟動 MCP Gangway：${reason}。`,
});

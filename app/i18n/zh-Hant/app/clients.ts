import type * as en from '../../en/app/clients.ts';

/** What is said about MCP clients, their files and their servers. */
export const clients: typeof en.clients = () => ({
  proposal: {
    readsProxy: {
      node: `它使用的 Node 會讀取代理變數：讓它經由 Gangway 連線。若它以 1.16.1 之前的 axios 連往 https:// 位址，請改由 Gangway 執行。`,
      bun: `它使用 Bun，其 fetch 會讀取代理變數：讓它經由 Gangway 連線。`,
      deno: `它使用 Deno，會讀取代理變數：讓它經由 Gangway 連線。`,
      python: `它使用 Python，其 HTTP 函式庫會讀取代理變數：讓它經由 Gangway 連線。`,
    },
    java: `它使用 Java，可從 JAVA_TOOL_OPTIONS 取得代理設定：讓它經由 Gangway 連線。`,
    javaToken: `它使用 Java，不會自行向代理送出權杖：請改由 Gangway 執行。`,
    mcpRemote: `它是 mcp-remote，可以使用代理：讓它經由 Gangway 連線。`,
    engine: `容器`,
    bridge: (bridge, where, runtime) =>
      `${bridge} 只是擋在用戶端與 ${where} 之間：請改由 Gangway 執行。Gangway 會自行連線，不再需要 ${runtime}，並以 Gangway 的區域網路權限為準。`,
    bridgedProgram: (bridge) =>
      `${bridge} 只是包在程式外面：請改由 Gangway 執行。Gangway 會自行啟動該程式，不再需要這個橋接程式。`,
    product: {
      'home-assistant': (host) => `${host} 上的 Home Assistant`,
    },
    container: `它在容器中執行，這些設定對它無效：請改由 Gangway 執行。容器的連線仍屬於容器引擎，以其自身的區域網路權限為準。`,
    containerRun: (host) =>
      `它在容器中執行：Gangway 會加上 -e 選項，讓它在 ${host} 找到代理：讓它經由 Gangway 連線。若由 Gangway 執行，它的連線仍屬於容器引擎。`,
    machine: (program) =>
      `${program} 在另一個系統中啟動它，這些設定對它無效：請改由 Gangway 執行。它的連線仍屬於那個系統。`,
    withheld: (program) => `${program} 不會把這些設定的變數交給它：請改由 Gangway 執行，這樣就不需要變數。`,
    script: (program) =>
      `${program} 啟動的是指令檔，從這裡看不出它會再啟動什麼：先讓它經由 Gangway 連線；若沒有任何連線進來，再改由 Gangway 執行。`,
    remote: (host) =>
      `用戶端會自行連線到 ${host}，因此以用戶端自身的區域網路權限為準：請改由 Gangway 執行，讓它成為有網址的伺服器，用戶端則連到 Gangway。`,
    rawTcp: (word) => `「${word}」看起來不是 HTTP 協定，代理設定對它無效：請改由 Gangway 執行。`,
    oldNode: (version) => `它使用 Node ${version}，會忽略代理變數（22.21 與 24.5 起才支援）：請改由 Gangway 執行。`,
    noNode: `無法得知它使用的 Node 版本：請改由 Gangway 執行，這一定可行。`,
    unknownProgram: `多數程式會讀取代理變數：先讓它經由 Gangway 連線；若沒有任何連線進來，再改由 Gangway 執行。`,
  },
  refused: {
    broken: (file, line, column) => `無法讀取 ${file}：第 ${line} 行第 ${column} 欄有錯誤。檔案未變更；請修正後再試。`,
    json5: (file, client, line, column) =>
      `${file} 從第 ${line} 行第 ${column} 欄起是 JSON5（例如沒有引號的名稱），${client} 讀得懂，但 Gangway 不會編輯，因此沒有更動。請改寫成 JSON（註解與結尾的逗號可以保留）後再試。`,
    strict: {
      comment: (file, client, line, column) =>
        `${file} 未變更：${client} 無法讀取註解，而第 ${line} 行第 ${column} 欄有一個。請刪除後再試。`,
      comma: (file, client, line, column) =>
        `${file} 未變更：${client} 不接受右括號前的逗號，而第 ${line} 行第 ${column} 欄有一個。請刪除後再試。`,
      mark: (file, client) =>
        `${file} 未變更：檔案開頭（第 1 行第 1 欄）有位元組順序記號，${client} 無法讀取。請存成不含該記號的 UTF-8 後再試。`,
    },
    notUtf8: (file) => `${file} 不是 UTF-8 文字。檔案未變更；請以 UTF-8 儲存後再試。`,
    noFile: (file) => `${file} 不是一般檔案，或大於 4 MB，因此沒有讀取。請選擇 MCP 用戶端的檔案。`,
    outsideFolder: (file, real) =>
      `${file} 是連到 ${real} 的連結，不在專案檔案夾裡，因此沒有更動。如果要的就是那個檔案，請直接選擇它。`,
    extension: (name, client) =>
      `${name} 是 ${client} 的擴充功能，由 ${client} 以不存在於任何檔案中的設定啟動，因此 Gangway 無法變更它的連線方式。請在「系統設定 › 隱私權與安全性 › 區域網路」開啟 ${client}；如果沒有用，請關閉這個擴充功能，再以它的指令把同一個伺服器加到這裡或用戶端的檔案裡。`,
    unreadable: (file, code) => `無法讀取 ${file}（${code}）。`,
    noEntry: (name) => `檔案中已經沒有名為 ${name} 的伺服器。`,
    nameTaken: (name) => `檔案中已經有名為 ${name} 的伺服器。`,
    address: (name) =>
      `用戶端會自行以位址連線到 ${name}，代理設定無法讓它經由 Gangway。請改由 Gangway 執行：它會連同標頭成為 Gangway 中有網址的伺服器，用戶端則連到 Gangway。`,
    foreign: (name) => `${name} 由用戶端內建，或使用其專屬寫法，因此 Gangway 不會更動它。`,
    byHand: (name) => `${name} 已經連到 Gangway，但不是由 Gangway 設定的，因此不知道原本的內容。`,
    container: (name) => `${name} 在容器中執行，那裡的 127.0.0.1 是容器自己。請改由 Gangway 執行。`,
    machine: (name, program) => `${program} 在另一個系統中啟動 ${name}，這裡的代理設定對它無效。請改由 Gangway 執行。`,
    withheld: (name, program) =>
      `${program} 不會把代理設定交給 ${name}，變數到不了那裡。請改由 Gangway 執行，或讓 ${program} 傳遞這些變數。`,
    noAddress: (name) => `在 ${name} 的指令列與環境變數中，找不到可以用 TCP 轉送代替的位址。`,
    noAddresses: (client) => `${client} 只能啟動程式，它的檔案無法填寫位址。`,
    variable: (name, variable) =>
      `${name} 使用 ${variable}，只有用戶端能填入其值，因此 Gangway 無法執行它。請改為讓它經由 Gangway 連線。`,
    addressVariable: (name, variable) =>
      `${name} 使用 ${variable}，只有用戶端能填入其值，因此 Gangway 無法代為連線。請把值直接寫進位址或標頭後再試。`,
    outsideKey: (key, names) => (names.length === 0 ? key : `${key}：${names.join('、')}`),
    outside: {
      file: (name, key) =>
        `${name} 的變數來自檔案（${key}），只有用戶端會讀取，因此 Gangway 無法執行它。請改為讓它經由 Gangway 連線，或把變數寫進項目。`,
      keychain: (name, key) =>
        `${name} 的密鑰存放在用戶端的鑰匙圈（${key}），因此 Gangway 無法執行它。請改為讓它經由 Gangway 連線。`,
      environment: (name, key) =>
        `${name} 使用用戶端環境中的變數（${key}），而 Gangway 沒有這些變數，因此無法執行它。請改為讓它經由 Gangway 連線，或把變數寫進項目。`,
      client: (name, key) =>
        `${name} 有部分設定來自用戶端（${key}），因此 Gangway 無法執行它。請改為讓它經由 Gangway 連線。`,
    },
    addressOutside: {
      file: (name, key) =>
        `${name} 的值來自檔案（${key}），只有用戶端會讀取，因此 Gangway 無法代為連線。請把值寫進項目的標頭後再試。`,
      keychain: (name, key) =>
        `${name} 的密鑰存放在用戶端的鑰匙圈（${key}），因此 Gangway 無法代為連線。請把值寫進項目的標頭後再試。`,
      environment: (name, key) =>
        `${name} 的密鑰來自用戶端的環境（${key}），因此 Gangway 無法代為連線。請把值寫進項目的標頭後再試。`,
      client: (name, key) =>
        `${name} 由用戶端自行登入或建立連線（${key}），因此 Gangway 無法代為連線。請改為把它的網址加入 Gangway 自己的伺服器。`,
    },
    relative: (name, path) =>
      `${name} 使用「${path}」，其位置取決於用戶端啟動它的檔案夾，因此 Gangway 無法執行它。請改寫成完整路徑後再試，或讓它經由 Gangway 連線。`,
    addressRelative: (name, path) =>
      `${name} 使用「${path}」，其位置取決於用戶端的檔案夾，因此 Gangway 無法代為連線。請改寫成完整路徑後再試。`,
    addressOption: (name, option) =>
      `用戶端連線到 ${name} 的設定中，有 Gangway 沒有對應功能的項目（${option}），因此 Gangway 無法代為連線。若不需要，請從項目中刪除後再試，或把它的網址加入 Gangway 自己的伺服器，在那裡可以單獨信任某個憑證。`,
    bridgeOption: (name, bridge, option) =>
      `${name} 給 ${bridge} 的設定中，有 Gangway 沒有對應功能的項目（${option}），因此沒有搬移。若不需要，請從項目中刪除後再試，或改為讓它經由 Gangway 連線。`,
    bridgeEnvironment: (name, bridge, program) =>
      `${program} 會給 ${bridge} 項目中沒有的變數，因此無法完整搬移 ${name}。請把它們寫進項目的 env 後再試，或改為讓它經由 Gangway 連線。`,
    sameName: (name) => `檔案中有多個名為 ${name} 的伺服器。檔案未變更；請為它們取不同的名稱後再試。`,
    uneditable: (file) => `${file} 的寫法無法在不影響其他內容的情況下修改（例如使用別名或重複的鍵）。檔案未變更。`,
    changed: (file) => `${file} 在這段期間已被其他程式修改。沒有寫入任何內容；請查看新的預覽。`,
    busy: (file) => `MCP Gangway 的另一個程式正在寫入用戶端的檔案，${file} 等候過久。沒有寫入任何內容；請再試一次。`,
    readOnly: (file) => `${file} 設為唯讀。沒有寫入任何內容；請允許寫入後再試。`,
    hardLink: (file) =>
      `${file} 在其他檔案夾有另一個名稱（硬連結），那裡會保留舊的內容。沒有寫入任何內容；請把其中一個改為符號連結後再試。`,
    keyElsewhere: (file) =>
      `${file} 在 Gangway 變更之前的內容已加密，只有 App 有金鑰，因此 Gangway 不會更動這個檔案。請啟動 MCP Gangway 後再試。`,
    keyLocked: (file, kept) =>
      `${file} 在 Gangway 變更之前的內容已加密，而系統沒有提供金鑰，因此 Gangway 不會更動這個檔案。請解鎖鑰匙圈（Linux 上為 keyring）後再試。如果金鑰已永久遺失，請移走 ${kept}：Gangway 之後就以檔案目前的內容為準。`,
    copyElsewhere: (file) => `${file} 已加密，只有 App 有金鑰。請啟動 MCP Gangway 後再試。`,
    copyLocked: (file) =>
      `${file} 已加密，而系統沒有提供金鑰、當初用的是另一把金鑰，或檔案已損壞。請解鎖鑰匙圈（Linux 上為 keyring）後再試。`,
    notWritten: (file, code) => `無法寫入 ${file}（${code}）。檔案維持原狀。`,
  },
  forward: {
    warning: {
      tlsName: (host) =>
        `這個伺服器會檢查憑證是否屬於 ${host}，但轉送後看到的是 127.0.0.1。請讓它只檢查憑證而不檢查名稱（例如 sslmode=verify-ca），或改由 Gangway 執行。`,
      hostKey: (host) =>
        `ssh 以 ${host} 這個名稱記住主機金鑰。請在選項中加入「-o HostKeyAlias=${host}」，否則它會詢問未知的主機。`,
    },
  },
  applies: {
    'after-quit': (client) => `請完全結束 ${client} 再重新開啟；只關閉視窗並不夠。`,
    'after-restart': (client) => `請重新啟動 ${client}，讓它讀取變更。`,
    'after-reload': (client) => `請在 ${client} 重新載入 MCP 伺服器，或重新啟動它。`,
    'at-once': (client) => `${client} 會自行察覺變更。`,
  },
  snippet: {
    titles: {
      claudeCodeCommand: `Claude Code（指令）`,
      posix: `終端機（bash、zsh）`,
      fish: `終端機（fish）`,
      powershell: `PowerShell`,
      docker: `Docker`,
    },
    where: {
      file: (file) => `在檔案 ${file} 中`,
      terminal: `在終端機中`,
      startUp: (file) => `在終端機中；若要長期保留，請寫入 ${file}`,
      chatbox: `Chatbox：Settings › MCP › Add Server`,
      openWebUi: `Open WebUI：Admin Panel › Settings › External Tools › Add Connection`,
      docker: `在 docker run 的命令列中`,
    },
    notes: {
      proxyForm: `請把 env 各行加入您現有的項目；command 與參數維持不變。`,
      shim: (client) =>
        `${client} 的檔案只能啟動程式，因此由 Gangway 自己的程式代為連線。若已安裝 Node.js，也可以改用 npx mcp-remote 加上伺服器的網址。`,
      containerHost: `從容器看來，這台電腦是 host.docker.internal。`,
      allowHost: `請在設定中把這個名稱加入允許的主機。`,
      listenWider: `在 Linux 上，容器無法連到 loopback：請讓 Gangway 監聽容器網路，並設定權杖。`,
      noServer: `Gangway 尚未設定任何 MCP 伺服器。`,
    },
    fields: {
      name: `名稱`,
      type: `類型`,
      url: `URL`,
      authentication: `驗證方式`,
      none: `無`,
      bearer: `Bearer`,
      key: `金鑰`,
      headers: `HTTP 標頭`,
      environment: `環境變數`,
      streamable: `MCP（Streamable HTTP）`,
      remote: `遠端（http/sse）`,
      local: `本機（stdio）`,
    },
  },
});

/** The two things a client can be configured for. */
export const snippets: typeof en.snippets = () => ({
  kinds: {
    endpoint: `使用這裡的 MCP 伺服器`,
    proxy: `借用這個網路`,
  },
  token: `請把 TOKEN 換成您的權杖；可在「設定 › 存取權」產生。`,
});

/** What is said while a server is checked from end to end. */
export const verify: typeof en.verify = () => ({
  steps: {
    probe: (target) => `從這裡連到 ${target}`,
    probeNone: `從這裡連到它的目標`,
    start: `以用戶端的方式啟動它`,
    initialize: `與它交握（initialize）`,
    tools: `列出它的工具（tools/list）`,
    requests: `確認它的請求經由 Gangway`,
  },
  remote: {
    name: {
      label: `名稱`,
      hint: `請檢查網址中的主機名稱。以 .local 結尾的名稱只在同一個網路中有效；也可以改用該電腦的位址。`,
    },
    route: {
      label: `路由`,
      hint: `請確認該電腦已開機，且位於這台電腦連得到的網路，並確認網址中的連接埠是伺服器的連接埠。`,
    },
    permission: {
      label: `權限`,
      hint: `請在「系統設定」›「隱私權與安全性」›「區域網路」中允許 MCP Gangway；「診斷」會引導您操作。`,
    },
    tls: {
      label: `憑證`,
      hint: `請與伺服器顯示的指紋核對，再到「設定」›「MCP 伺服器」›「試用」信任這張憑證。`,
    },
    http: { label: `HTTP`, hint: `請檢查網址的路徑：Home Assistant 以 /api/mcp 結尾，其他則為 /mcp 或 /sse。` },
    'sign-in': {
      label: `登入`,
      hint: `請在「設定」›「MCP 伺服器」登入，或以標頭 Authorization 提供伺服器的權杖，寫成「Bearer …」。`,
    },
    initialize: { label: `工作階段`, hint: `這個位址有回應，但不像 MCP 伺服器：請檢查路徑與傳輸方式。` },
    tools: { label: `工具`, hint: `工作階段已建立；伺服器沒有列出工具的原因，請看它自己的記錄。` },
  },
  cancelled: `已取消。`,
  before: `前面的步驟失敗，因此略過。`,
  probe: {
    passed: (target) => `這個應用程式可以連到 ${target}。`,
    none: `它的指令列與環境變數中沒有可供測試的位址。`,
  },
  start: {
    passed: `它已啟動。`,
    foreign: `這個項目屬於用戶端本身，Gangway 無法啟動它。`,
    remote: `從這裡詢問它，方式與 Gangway 連線時相同。`,
    variable: (variable) => `它使用 ${variable}，只有用戶端能填入其值。`,
    variableHint: `請在用戶端使用它一次：之後這裡會顯示它最近一次請求的時間。`,
    hint: `請在終端機執行相同的指令，可以看到更多訊息。`,
    off: `Gangway 未開啟。`,
    offHint: `請開啟後再檢查一次。`,
    unknown: (server) => `Gangway 沒有名為 ${server} 的伺服器。`,
    unknownHint: `請還原這個項目，再讓 Gangway 執行這個伺服器。`,
    endpoint: `它在 Gangway 中執行。`,
  },
  initialize: {
    passed: (server, version, revision) => `${server} ${version} 使用 MCP ${revision}。`.replaceAll(/ {2,}/g, ' '),
    brokenOff: `它的端點在回應之前就中斷了。`,
    refused: (status) => `它的端點以狀態 ${status} 回應。`,
    hint: `請查看它的記錄：有某個原因讓它無法回應。`,
  },
  tools: {
    passed: (count) => `它提供 ${count} 個工具。`,
  },
  requests: {
    answered: (target, status) => `它最近一次請求送往 ${target}，得到的回應是 ${status}。`,
    connected: (target) => `它最近一次請求是連線到 ${target}。`,
    givenUp: (target) => `它對 ${target} 的請求在收到回應之前就放棄了。`,
    failed: (target, code) => `它最近一次對 ${target} 的請求失敗（${code}）。`,
    failedHint: `請求有經由 Gangway，但沒有到達目標。原因請看第一個步驟與失敗清單。`,
    unnamed: `無法辨識的目標`,
    none: `還沒有：許多伺服器在使用工具時才會連線。請在用戶端使用一個工具，再回來查看。`,
    notThrough: `它沒有經由 Gangway。`,
    runs: `它在 Gangway 中執行，不需要代理。`,
    token: `它的代理位址中的權杖不是目前的權杖。`,
    tokenHint: `請再讓它經由 Gangway 一次，便會寫入新的權杖。`,
  },
});

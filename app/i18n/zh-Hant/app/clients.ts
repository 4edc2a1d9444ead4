import type { clients as en } from '../../en/app/clients.ts';

/** What is said about MCP clients, their files and their servers. */
export const clients: typeof en = () => ({
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
    container: `它在容器中執行，這些設定對它無效：請改由 Gangway 執行。`,
    rawTcp: (word) => `「${word}」看起來不是 HTTP 協定，代理設定對它無效：請改由 Gangway 執行。`,
    oldNode: (version) => `它使用 Node ${version}，會忽略代理變數（22.21 與 24.5 起才支援）：請改由 Gangway 執行。`,
    noNode: `無法得知它使用的 Node 版本：請改由 Gangway 執行，這一定可行。`,
    unknownProgram: `多數程式會讀取代理變數：先讓它經由 Gangway 連線；若沒有任何連線進來，再改由 Gangway 執行。`,
  },
  refused: {
    broken: (file, line, column) => `無法讀取 ${file}：第 ${line} 行第 ${column} 欄有錯誤。檔案未變更；請修正後再試。`,
    notUtf8: (file) => `${file} 不是 UTF-8 文字。檔案未變更；請以 UTF-8 儲存後再試。`,
    unreadable: (file, code) => `無法讀取 ${file}（${code}）。`,
    noEntry: (name) => `檔案中已經沒有名為 ${name} 的伺服器。`,
    nameTaken: (name) => `檔案中已經有名為 ${name} 的伺服器。`,
    address: (name) =>
      `用戶端會自行以位址連線到 ${name}，這個伺服器的設定無法讓它經由 Gangway。請改為替該位址新增 TCP 轉送。`,
    foreign: (name) => `${name} 由用戶端內建，或使用其專屬寫法，因此 Gangway 不會更動它。`,
    byHand: (name) => `${name} 已經連到 Gangway，但不是由 Gangway 設定的，因此不知道原本的內容。`,
    container: (name) => `${name} 在容器中執行，那裡的 127.0.0.1 是容器自己。請改由 Gangway 執行。`,
    noAddress: (name) => `在 ${name} 的指令列與環境變數中，找不到可以用 TCP 轉送代替的位址。`,
    noAddresses: (client) => `${client} 只能啟動程式，它的檔案無法填寫位址。`,
    variable: (name, variable) =>
      `${name} 使用 ${variable}，只有用戶端能填入其值，因此 Gangway 無法執行它。請改為讓它經由 Gangway 連線。`,
    uneditable: (file) => `${file} 的寫法無法在不影響其他內容的情況下修改（例如使用別名或重複的鍵）。檔案未變更。`,
    changed: (file) => `${file} 在這段期間已被其他程式修改。沒有寫入任何內容；請查看新的預覽。`,
    readOnly: (file) => `${file} 設為唯讀。沒有寫入任何內容；請允許寫入後再試。`,
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
      chatbox: `Chatbox：Settings > MCP > Add Server`,
      openWebUi: `Open WebUI：Admin Panel > Settings > External Tools > Add Connection`,
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

import type { commandLine as en } from '../../en/app/command-line.ts';

export const commandLine: typeof en = () => ({
  settings: {
    busy: (file) => `MCP Gangway 的另一個程式正在寫入 ${file}。沒有變更任何內容；請再試一次。`,
    notSaved: (file, reason) => `無法寫入 ${file}：${reason}。沒有變更任何內容。`,
    unreadable: (file, reason) => `無法讀取 ${file} 中的設定：${reason}。`,
    unknownKey: (key) => `沒有「${key}」這項設定。`,
    unknownKeys: (keys) => `以下不是設定，已略過：${keys}`,
    toBeGiven: (paths) => `以下含有機密，必須重新提供：${paths}`,
    appStarted: `App 在這段時間啟動了。沒有任何變更；請再執行一次指令。`,
    noExport: (file) => `${file} 不是「mcp-gangway settings export」的檔案。`,
    damaged: (file) =>
      `${file} 的內容不是此版本 MCP Gangway 的設定。沒有變更任何內容；請更新此程式，或開啟 App，它會另存該檔案並重新開始。`,
  },
  servers: {
    none: `App 沒有任何伺服器。以「serve」啟動的伺服器請用「mcp-gangway status」查看。`,
    taken: (name) => `已經有名為 ${name} 的伺服器。請先移除它，或使用其他名稱。`,
    added: (name) => `已加入伺服器 ${name}；用戶端可在 /servers/${name}/mcp 找到它。`,
    inClear: (file) => `在 App 啟動並加密之前，標頭與網址查詢字串的內容會以明文存放在 ${file}，只有您的帳號可以讀取。`,
  },
  groups: {
    none: `沒有任何群組。所有伺服器合在一起的位址是 /all/mcp。`,
    taken: (name) => `已經有名為 ${name} 的群組。請先移除它，或使用其他名稱。`,
    added: (name) => `已加入群組 ${name}；用戶端可在 /groups/${name}/mcp 找到它。`,
  },
  tools: {
    unknown: (server) => `尚不知道 ${server} 有哪些工具。用戶端要求過工具清單，或在設定中按過「試用」之後才會知道。`,
    empty: (server) => `${server} 沒有列出任何工具。`,
    on: `開啟`,
    off: `關閉`,
    tokens: (count) => `${count} 個 token`,
    sum: (on, all, tokens) => `共 ${all} 個工具，開啟 ${on} 個，約 ${tokens} 個 token。`,
    above: (limits) =>
      `超過這些用戶端對所有伺服器合計的上限：${limits.map(({ client, tools }) => `${client} ${tools}`).join('、')}。`,
    noSuchTool: (server, name) => `${server} 沒有列出名為 ${name} 的工具。規則已保存，等到有這個工具時生效。`,
    fitsNothing: (server, pattern) =>
      `${pattern} 不符合 ${server} 列出的任何工具。規則已保存，等到有符合的工具時生效。`,
    stillHidden: (name, patterns, command) =>
      `${name} 仍是關閉的，因為 deny 中有 ${patterns.join('、')}。若要移除：${command}`,
    stillHiddenPartly: (name, patterns, command) =>
      `${name} 仍有一部分是關閉的，因為 deny 中有 ${patterns.join('、')}。若要移除：${command}`,
  },
  instance: {
    broke: `MCP Gangway 在查詢期間結束了。`,
    tooOld: (version) => `執行中的 MCP Gangway（${version}）還沒有這項功能。請結束並更新它，然後再試一次。`,
    fromNextStart: `App 沒有在執行：下次啟動後才會生效。`,
    notRunning: `MCP Gangway 沒有在執行。請啟動它，指向它的連線才到得了。`,
  },
  clients: {
    none: `找不到任何 MCP 用戶端的檔案。`,
    noServers: `沒有伺服器`,
    isOff: `已在用戶端關閉`,
    isStale: `指向 Gangway 先前的連接埠或權杖；請重新選擇它的方式`,
    suggested: (mode, reason) => `建議：${mode}。${reason}`,
    nothingToDo: `沒有需要變更的內容。`,
    change: (name, from, to, reason) => `${name}：${from} -> ${to}${reason === null ? '' : `（${reason}）`}`,
    semicolon: `；`,
    asBefore: `使用 Gangway 之前的樣子`,
    left: `以下維持原狀：`,
    leftAs: (client, name, reason) => `${name === null ? client : `${client}、${name}`}：${reason}`,
    imported: (names) => `之後由 Gangway 執行：${names}`,
    released: (names) => `Gangway 不再執行：${names}`,
    upstreams: (proxies) =>
      `這些伺服器先前經由 ${proxies} 連線。若仍然需要，請將它設為 Gangway 的上游代理：mcp-gangway settings set upstream URL`,
    exceptions: (targets) => `它們的 NO_PROXY 讓這些目標不經過 Gangway：${targets}`,
    pending: `尚未寫入任何內容：請加上 --yes。`,
    applied: (files) => `已變更 ${files} 個檔案。`,
    backups: (files) => `變更前的內容保存在：${files}`,
    inClear: (folder) =>
      `App 沒有執行。Gangway 對這些檔案的記錄，以及 ${folder} 中的副本，會以明文包含其中的機密，只有您的帳號能讀取；下次啟動 App 時會將它們加密。`,
    sealedBackups: `這些備份已加密。要讀取其中一份：mcp-gangway clients backups NAME`,
    backupsGone: `檔案裡已沒有 Gangway 的內容，因此先前保留的備份已刪除。`,
    noBackups: `沒有保留任何備份：MCP 用戶端的檔案裡沒有 Gangway 的內容。`,
    noSuchBackup: (name) => `沒有名為「${name}」的備份。要查看有哪些：mcp-gangway clients backups`,
    standing: (files) =>
      `在變更能夠復原之前，另一個程式寫入了 ${files}，所以變更還在其中。「mcp-gangway clients undo」會顯示它。`,
    noSuchClient: (id, ids) => `沒有「${id}」這個用戶端。可用的有：${ids}`,
    noSuchServer: (name) => `沒有任何用戶端的檔案有名為 ${name} 的伺服器。`,
  },
});

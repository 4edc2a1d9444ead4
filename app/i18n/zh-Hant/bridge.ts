import type { bridge as en, aggregate as enAggregate } from '../en/bridge.ts';

/** What the bridge answers a client, and a server in the name of a client. */
export const bridge: typeof en = () => ({
  notModern: (server) =>
    `MCP 伺服器 ${server} 設定為 2026-07-28 世代，但沒有像這類伺服器那樣回應 server/discover。請把它的世代設為自動或 legacy。`,
  speaksNeither: (server) =>
    `MCP 伺服器 ${server} 的程式正在執行，但既不回應 initialize 也不回應 server/discover。它是 MCP 伺服器嗎？是否使用 stdin 與 stdout 通訊？`,
  tooBusy: (server) => `MCP 伺服器 ${server} 來不及接收送來的請求。`,
  invalid: {
    notJson: `剖析錯誤：內容不是 JSON`,
    codedBody: `內容經過壓縮（Content-Encoding），這裡不支援。請以未壓縮的 JSON 傳送。`,
    notMessage: `內容不是 JSON-RPC 訊息`,
    holdsNoMessage: `請求無效：內容中有不是 JSON-RPC 訊息的部分`,
    initializeUnderHeader: `MCP-Protocol-Version 所指的版本沒有 initialize`,
    modernInBatch: `批次中不可有 2026-07-28 或更新版本的訊息`,
    noSession: `請求有誤：缺少 Mcp-Session-Id 標頭`,
    initializedAlready: `請求無效：這個工作階段已經初始化`,
    initializeAlone: `請求無效：initialize 必須單獨送出`,
    badRevision: `請求有誤：不支援 MCP-Protocol-Version 所指的版本`,
    noBatches: `請求無效：目前使用的版本沒有批次`,
    longBatch: (limit) => `請求無效：一個批次最多 ${limit} 則訊息`,
    usedId: `請求無效：另一個使用相同 id 的請求仍在進行`,
    badEventId: `請求有誤：這個工作階段無法從 Last-Event-ID 所指的事件繼續`,
    notAcceptable: `無法接受：請接受 application/json 與 text/event-stream`,
    notRequest: `這不是 JSON-RPC 2.0 的請求或通知。`,
    badId: `請求的 id 必須是字串或整數。`,
    tooDeep: (levels) => `參數無效：巢狀超過 ${levels} 層。`,
    missingMeta: (key) =>
      key === '_meta'
        ? `參數無效：請求沒有 _meta，而自 2026-07-28 起每個請求都要有。`
        : `參數無效：請求的 _meta 缺少 ${key}。`,
    invalidMeta: (key) => `參數無效：請求的 _meta 中的 ${key} 無效。`,
    badFilter: `參數無效：notifications 必須是訂閱篩選條件。`,
    badRequestState: `參數無效：requestState 不適用於這個請求，或已經失效。`,
  },
  policy: {
    notFound: {
      tools: (name) => `沒有這個工具：${name}。`,
      prompts: (name) => `沒有這個提示：${name}。`,
      resources: (uri) => `找不到資源：${uri}。`,
    },
    byServer: (server) =>
      `它在 MCP 伺服器 ${server} 中已關閉。擁有者可以在 MCP Gangway 的「設定 › 伺服器 › ${server}」中開啟。`,
    bySet: (set) => `它不在這個用戶端所限定的組合 ${set} 中。擁有者可以在 MCP Gangway 的設定中加入。`,
    held: (server) =>
      `它目前被保留：對 MCP 伺服器 ${server} 而言，它是新的，或在核准之後已變更。擁有者可以在 MCP Gangway 的「設定 › 伺服器 › ${server}」中檢視並核准。`,
    unmatched: {
      tools: (server, names) =>
        `MCP 伺服器 ${server} 的工具規則不符合它所列出的任何工具：${names.join('、')}。區分大小寫，名稱以伺服器所用的為準。`,
      prompts: (server, names) =>
        `MCP 伺服器 ${server} 的提示規則不符合它所列出的任何提示：${names.join('、')}。區分大小寫，名稱以伺服器所用的為準。`,
    },
    unnamed: `參數無效：請求沒有說明對象。`,
    ambiguous: `請求無效：有成員重複出現，或大小寫不同，因此可以有兩種解讀。`,
    unknownMethod: (method, server) =>
      `找不到方法：${method}。MCP 伺服器 ${server} 有部分項目關閉時，MCP Gangway 不會傳送無法判斷的內容。`,
    usedId: `請求無效：另一個使用相同 id 的請求仍在進行`,
  },
  headers: {
    mismatch: (fault) => `標頭不符：${fault}。`,
    contradicts: (header, value, body) => `${header} 為 ${value}，內容則為 ${body}`,
    missing: (header) => `缺少 ${header}`,
    badEncoding: (header) => `${header} 的編碼不符規定`,
    otherName: (header, member) => `${header} 與內容中的 ${member} 不同`,
    otherArgument: (header) => `${header} 與參數的值不同`,
    noArgument: (header) => `有 ${header}，卻沒有對應的參數`,
  },
  translation: {
    notInitialized: `這個工作階段尚未初始化。`,
    noSuchLevel: `沒有這個記錄層級。`,
    noCommonRevision: `伺服器使用的版本都無法轉換。`,
    handshakeRefused: `伺服器拒絕了交握。`,
    asksTooOften: (times) => `伺服器已經詢問 ${times} 次，仍在詢問。`,
    clientCannotAnswer: (method) => `伺服器要求 ${method}，但用戶端不支援。`,
    noAnswer: `沒有回答。`,
    neitherResultNorError: `伺服器的回應既沒有結果也沒有錯誤。`,
    missingCapability: (names) => `這個請求需要用戶端宣告 ${names.join('、')}。`,
    pageNotPassedOn: `伺服器要求先開啟一個網頁，但無法轉達。`,
  },
  toServer: {
    clientClosed: `用戶端已關閉這個請求。`,
    clientLate: `用戶端沒有及時回答。`,
    clientCannot: `用戶端不支援這項功能。`,
    tooManyWaiting: `等待回答的呼叫已經太多。`,
    unowned: `沒有進行中的請求可以對應這個問題。`,
    ambiguous: `有數個請求正在進行，無法判斷該詢問哪個用戶端。請再試一次。`,
  },
});

export const aggregate: typeof enAggregate = () => ({
  title: {
    all: `MCP Gangway：所有伺服器`,
    group: (name) => `MCP Gangway：${name}`,
  },
  instructions: {
    names: (servers) =>
      `這是 MCP Gangway，將多個 MCP 伺服器合併在一個位址。每個工具與提示的名稱都以所屬伺服器開頭，下方的說明省略了這個部分：${servers.map(({ name, alias }) => `${name} 的名稱為 ${alias}__NAME`).join('、')}。名稱中的連字號與句點會改為 _；過長的名稱會截短，並以代碼結尾。`,
    absent: (servers) => `目前無法使用：\n${servers.map(({ name, why }) => `- ${name}：${why}`).join('\n')}`,
  },
  silent: (server) => `MCP 伺服器 ${server} 尚未回應。它回應後會加入所提供的項目。`,
  refused: (server, reason) => `MCP 伺服器 ${server} 拒絕了交握。${reason === '' ? '' : `它回覆：${reason}`}`,
  staleCursor: `參數無效：這個 cursor 所屬的清單已變更，或不屬於任何清單。請不帶 cursor 重新開始。`,
  noName: `參數無效：缺少 name。`,
  noAddress: `參數無效：缺少 uri。`,
  noTool: (name, near) => `未知的工具：${name}。${near.length === 0 ? '' : `您是指 ${near.join('、')} 嗎？`}`,
  noPrompt: (name, near) => `未知的提示：${name}。${near.length === 0 ? '' : `您是指 ${near.join('、')} 嗎？`}`,
  noTask: (id) => `找不到任務：${id}。沒有任何伺服器開始過它。`,
  noResource: (uri) => `找不到資源：${uri}。沒有任何伺服器列出它，也沒有符合的範本。`,
  ambiguous: (uri, servers) =>
    `有多個伺服器提供 ${uri}：${servers.join('、')}。請在所要的伺服器的位址 /servers/NAME/mcp 讀取。`,
  noServers: `這裡沒有設定任何 MCP 伺服器。請在設定或 --config 檔案中加入。`,
  noneInSet: `這個位址的伺服器都不在您所用的組合裡。請在設定中把伺服器加入該組合。`,
  unknownGroup: (name, names) =>
    `沒有名為 ${name} 的群組。${names.length === 0 ? '尚未設定任何群組。' : `現有群組：${names.join('、')}。`}所有伺服器合在一起的位址是 /all/mcp。`,
  strangers: (group, servers) => `群組 ${group} 中有未設定的伺服器，已略過：${servers.join('、')}`,
});

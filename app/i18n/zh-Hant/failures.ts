import type { failures as en } from '../en/failures.ts';

/** What a failed connection or a refused request is called, and what a person can do about it. */
export const failures: typeof en = () => ({
  unreachable: {
    sentence: (target) => `No route to host：這台電腦無法連到 ${target}。`,
    blockedLocally: `連線還沒送出就立刻被這台電腦拒絕。在 macOS 上，這是「區域網路」隱私權限或安全軟體的 Network Extension 造成的：請到「系統設定 › 隱私權與安全性 › 區域網路」允許 MCP Gangway，並以 App 或從終端機啟動它，不要用背景服務啟動。會阻擋區域網路的 VPN 也有相同現象。`,
    noNeighbour: `區域網路上沒有裝置回應這個位址。請確認裝置已開機、位址正確，而且這台電腦在同一個網路。`,
    routed: `途中的路由器表示沒有通往這個位址的路徑。請檢查位址，以及通往該處的 VPN 或路由。`,
  },
  networkDown: {
    sentence: (target) => `這台電腦沒有能通往 ${target} 的網路。`,
    hint: `請確認 Wi-Fi、乙太網路或 VPN 已連線。`,
  },
  hostDown: {
    sentence: (target) => `${target} 在區域網路上沒有回應。`,
    hint: `裝置可能關機或睡眠中。請喚醒它，或檢查位址。`,
  },
  refused: {
    sentence: (target) => `${target} 拒絕連線。`,
    hint: `機器可以連到，但該連接埠沒有程式在監聽。請檢查連接埠號碼，並確認服務正在執行。`,
  },
  leadsNowhere: {
    sentence: (host) => `${host} 的位址是 0.0.0.0，這個位址連不到任何地方。`,
    hint: `會過濾的名稱伺服器（Pi-hole、AdGuard）對它封鎖的名稱會這樣回答。請在那裡允許這個名稱。`,
  },
  timedOut: {
    sentence: (target, seconds) => `${target} 在 ${seconds} 秒內沒有回應。`,
    hint: `可能是防火牆丟棄了連線，或位址錯誤。在 Wi-Fi 上，基地台可能隔離了用戶端。`,
  },
  notFound: {
    sentence: (host) => `找不到名稱 ${host} 的位址。`,
    hint: `請檢查拼字。以 .local 結尾的名稱需要這台電腦的多點傳送 DNS；公司內部名稱可能需要 VPN。`,
  },
  lookUpFailed: {
    sentence: (host) => `無法查詢名稱 ${host}。`,
    hint: `沒有名稱伺服器給出答案。請檢查網路與 DNS 設定後再試。`,
  },
  notPermitted: {
    sentence: (target) => `系統不允許這個程式連線到 ${target}。`,
    hint: `這台電腦上的沙箱或防火牆擋下了它。請在那裡允許 MCP Gangway。`,
  },
  tooManyFiles: {
    sentence: () => `這台電腦無法再容納更多連線。`,
    hint: `已達開啟檔案數的上限。請關閉不需要的通道，或提高上限（ulimit -n）。`,
  },
  noBuffers: {
    sentence: () => `系統沒有記憶體可再建立連線。`,
    hint: `請關閉不需要的通道後再試。`,
  },
  noLocalAddress: {
    sentence: (target) => `系統沒有可用來連線到 ${target} 的本機位址或連接埠。`,
    hint: `對外連線的連接埠可能已用完（請關閉一些連線，或稍候一分鐘），或這台電腦沒有該類型的位址（IPv6）。`,
  },
  otherError: {
    sentence: (target, code) => `連線到 ${target} 失敗（${code}）。`,
    hint: `系統只提供了這個代碼。請檢查位址後再試。`,
  },
  brokenOff: {
    sentence: (target) => `${target} 在回應前就關閉了連線。`,
    hint: `服務可能已當掉，或該連接埠使用別種協定（例如應該用 https 而不是 http）。`,
  },
  badAnswer: {
    sentence: (target, fault) => `${target} 的回應不是有效的 HTTP：${fault}。`,
    hint: `該連接埠的服務使用別種協定，或已故障。回應內容完全沒有轉送。`,
  },
  parentFailed: {
    sentence: (parent) => `無法使用上游代理 ${parent}。`,
    hint: `請檢查設定中的上游代理位址，以及這台電腦能否連到它。`,
  },
  parentRefused: {
    sentence: (parent, target, status) => `上游代理 ${parent} 對 ${target} 回應 ${status}。`,
    hint: `上游代理不放行這個連線。這個目標可能應列入直接連線清單（NO_PROXY）。`,
    credentials: `它需要它認得的帳號與密碼。請檢查它的位址裡主機名稱前的帳號與密碼。`,
    failed: `上游代理自己也連不到這個目標。它可能應列入直接連線清單（NO_PROXY）。`,
  },
  parentSilent: {
    sentence: (parent, seconds) => `上游代理 ${parent} 在 ${seconds} 秒內沒有回應。`,
    hint: `請檢查設定中的上游代理位址，以及這台電腦能否連到它。`,
  },
  parentClosed: {
    sentence: (parent) => `上游代理 ${parent} 沒有回應就關閉了連線。`,
    hint: `它可能已當掉，或該位址不是 HTTP 代理（或需要 https://）。請檢查設定中的位址。`,
  },
  noProxyUnknown: (entry) =>
    `NO_PROXY：「${entry}」不是名稱、位址或網段，已忽略。寫法如 intra.example、192.0.2.*、10.0.0.0/8、[fd00::]/8 或 host:port。`,
  tlsFailed: {
    sentence: (peer, fault) => `無法與 ${peer} 建立安全連線：${fault}。`,
    hint: `若公司會檢查 TLS 流量，必須讓這個程式認得公司的憑證機構（NODE_EXTRA_CA_CERTS）。`,
  },
  loop: {
    sentence: (target) => `${target} 就是這個代理本身。`,
    hint: `繞回代理的請求會無限循環。請把這個位址加入發出請求之程式的 NO_PROXY。`,
  },
  returned: {
    sentence: (target) => `對 ${target} 的請求又回到了這個代理。`,
    hint: `上游代理（或更後面的代理）把這個代理設為自己的上游。請修改其中一個的上游設定。`,
  },
  parentLoop: {
    sentence: (parent, target) => `上游代理 ${parent} 對 ${target} 回應 508：路徑形成迴圈。`,
    hint: `兩個代理互為上游，或有一個以自己為上游。請修改其中一個的上游設定。`,
  },
  portDenied: {
    sentence: (port) => `這裡不允許連線到連接埠 ${port}。`,
    hint: `這個連接埠在設定的拒絕清單中。`,
  },
  thisMachine: {
    sentence: (target) => `${target} 就是這個代理所在的電腦，其他電腦的用戶端不可連到它。`,
    hint: `要讓其他電腦使用這台電腦的服務與 TCP 轉送，請在「設定 › 存取權」開啟，或使用 --lan-loopback 與 --lan-forwards。`,
  },
  tokenRequired: {
    sentence: () => `這個代理需要權杖。`,
    wrong: () => `這個代理不接受這個權杖：它不是這裡的權杖，或已撤銷。`,
    hint: `請把權杖放進代理位址當作密碼，使用者名稱可任意填寫。`,
  },
  badRequest: {
    sentence: (fault) => `請求無效：${fault}。`,
    badAuthority: `CONNECT 只接受 host:port 的形式`,
    connectContent: `CONNECT 請求不可帶有內容`,
    hint: `送出請求的程式有誤，或這個請求不是要給代理的。`,
  },
  headTooLarge: {
    sentence: (bytes) => `請求標頭超過 ${bytes} 位元組。`,
    hint: `通常是 Cookie 或權杖過大。`,
  },
  headTooSlow: {
    sentence: (seconds) => `請求標頭在 ${seconds} 秒內沒有完整送達。`,
    hint: `請一次送出完整的標頭。`,
  },
  unsupportedScheme: {
    sentence: (scheme) => `代理不會取得 ${scheme} 位址。`,
    hint: `http:// 可直接使用，其他一律使用 CONNECT。`,
  },
  needsTunnel: {
    sentence: (scheme) =>
      `${scheme} 位址需要通道（CONNECT），但程式以明文送出了請求：請將 axios 更新到 1.16.1 以上，或為它設定 proxy: false 與 https-proxy-agent 的 httpsAgent。`,
    hint: `其他程式：請讓它們以 CONNECT 透過代理使用 https。送出的內容只到這個代理為止。`,
  },
  socks: {
    version4: `不支援 SOCKS4，請改用 SOCKS5（多數程式寫作 socks5h://）`,
    malformed: `交握內容不是 SOCKS5`,
    noMethod: `它提供的驗證方式這個代理都不認得`,
    badPassword: `它沒有出示這裡接受的權杖`,
    onlyConnect: `它要求 BIND 或 UDP，但這裡只提供 CONNECT`,
    badAddress: `它要求的位址無效`,
    tooSlow: `它沒有及時完成交握`,
  },
  stopping: {
    sentence: () => `MCP Gangway 正在停止。`,
    hint: `請在它執行後再試一次。`,
  },
  internal: {
    sentence: () => `MCP Gangway 內部發生錯誤。`,
    hint: `記錄中有更多資訊。請回報這個問題。`,
  },
});

import type * as en from '../en/faults.ts';

/** What is wrong with a message, as the words that complete "The request is not valid: …" and "… is not valid HTTP: …". */
export const faults: typeof en.faults = () => ({
  request: {
    malformed: `它不是 HTTP/1.1`,
    requestLine: `第一行不是 HTTP/1.1 的請求行`,
    target: `它的目標不是有效的網址`,
    emptyHost: `網址沒有主機`,
    authority: `網址的主機或連接埠無效`,
    rawTarget: `它的目標含有 ASCII 以外的位元組，必須使用百分比編碼（主機名稱則寫成 xn-- 形式）`,
    missingHost: `缺少 Host 欄位`,
    repeatedHost: `有一個以上的 Host 欄位`,
    invalidHost: `Host 欄位不是 host:port 的形式`,
    field: `有一個標頭欄位格式錯誤`,
    lineEnd: `有一行不是以 CR LF 結尾`,
    length: `Content-Length 無效、重複，或與 Transfer-Encoding 並存`,
    coding: `Transfer-Encoding 不是 chunked`,
    codingInOldVersion: `HTTP/1.0 沒有 Transfer-Encoding`,
    chunk: `內容的分塊格式錯誤`,
    cutOff: `它在中途就結束了`,
    maxForwards: `Max-Forwards 欄位不是數字`,
  },
  answer: {
    statusLine: `開頭不是 HTTP/1 的狀態行`,
    field: `有一個標頭欄位格式錯誤`,
    folded: `Content-Length 或 Transfer-Encoding 折成兩行`,
    lineEnd: `有一行含有單獨的 CR`,
    headTooLarge: `標頭過大`,
    length: `Content-Length 無效`,
    coding: `Transfer-Encoding 不是 chunked`,
    chunk: `內容的分塊格式錯誤`,
    switched: `沒有人要求，它卻切換了協定`,
    interims: `它只有無止境的中間回應（1xx）`,
  },
  cutOff: {
    sentence: (target) => `${target} 在回應途中關閉了連線。`,
    hint: `已收到的部分照樣轉送，並看得出不完整。服務可能已當掉，或途中有設備切斷了連線。`,
  },
  method: {
    sentence: () => `這個代理不認得這個請求的方法。`,
    hint: `請把程式的代理位址從 http:// 改成 socks5h://：通道裡任何方法都能通過。`,
  },
  tls: {
    sentence: () => `有程式用 TLS 連到這個連接埠，這裡只接受 http:// 位址。`,
    hint: `請在那個程式裡把這個連接埠的位址從 https:// 改成 http://，代理位址也一樣：https:// 的目標照樣能通過。`,
  },
  unknownCoding: {
    sentence: () => `除了 chunked，這個代理不認得其他 Transfer-Encoding。`,
    hint: `若要壓縮內容，請改用 Content-Encoding，它會原封不動通過。`,
  },
  version: {
    sentence: () => `這個代理使用 HTTP/1.0 與 HTTP/1.1。`,
    hint: `其他版本可透過 CONNECT 通過。`,
  },
  expectation: {
    sentence: () => `除了 100-continue，這個代理不認得其他 Expect。`,
    hint: `請移除 Expect 欄位後再送出請求。`,
  },
});

/** What the port itself says to requests that are addressed to it. */
export const gateway: typeof en.gateway = () => ({
  refused: {
    host: `Host 標頭不是這台電腦的位址。請使用 http://127.0.0.1，或把該名稱加入允許的主機。`,
    origin: `這個來源的網頁不可連到這裡。若這是您的網頁，請把它加入允許的來源。`,
    page: `網頁以不帶 Origin 的方式（例如圖片、框架或連結）要求這個位址，因此被拒絕。若這是您自己的程式，請讓它送出任意值的「Authorization: Bearer」，或以 application/json 送出訊息。`,
    navigation: `這個位址供 MCP 用戶端使用，不能用瀏覽器開啟，否則每次都會啟動一個伺服器。請把它交給您的 MCP 用戶端；要查看狀態請開啟 /status。`,
    token: `需要權杖：請送出「Authorization: Bearer TOKEN」。`,
    wrongToken: `不接受這個權杖：它不是這裡的權杖，或已撤銷。請重新複製給這個用戶端的權杖，並送出「Authorization: Bearer TOKEN」。`,
    'reverse-proxy': `這個請求經由反向代理而來，而這裡沒有設定權杖，於是能連到那個代理的人都會被當成這台電腦上的程式。請設定權杖（MCP_GANGWAY_TOKEN，或「設定 › 存取權」），並由每個用戶端出示。若代理本身會檢查誰能進入，可用 --trust-reverse-proxy 或「設定 › 存取權」的開關略過權杖。`,
    'content-type': `請以 application/json 送出訊息。`,
  },
  callback: {
    unknown: `沒有登入在等候這個位址：它已經用過，或不屬於這個 MCP Gangway 的登入。`,
    close: `您可以關閉這個視窗。`,
    again: `請回到開始登入的地方重新登入。`,
  },
  notFound: (path) => `${path} 沒有任何內容。MCP 用戶端請使用 /mcp 或 /sse；程式請把這個連接埠當作代理。`,
  methodNotAllowed: (method, path) => `${path} 不接受 ${method} 方法。`,
});

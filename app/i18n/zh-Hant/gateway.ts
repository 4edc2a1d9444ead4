import type { gateway as en } from '../en/gateway.ts';

/** What the port itself says to requests that are addressed to it. */
export const gateway: typeof en = () => ({
  refused: {
    host: `Host 標頭不是這台電腦的位址。請使用 http://127.0.0.1，或把該名稱加入允許的主機。`,
    origin: `這個來源的網頁不可連到這裡。若這是您的網頁，請把它加入允許的來源。`,
    page: `網頁以不帶 Origin 的方式（例如圖片、框架或連結）要求這個位址，因此被拒絕。若這是您自己的程式，請讓它送出任意值的「Authorization: Bearer」，或以 application/json 送出訊息。`,
    navigation: `這個位址供 MCP 用戶端使用，不能用瀏覽器開啟，否則每次都會啟動一個伺服器。請把它交給您的 MCP 用戶端；要查看狀態請開啟 /status。`,
    token: `需要權杖：請送出「Authorization: Bearer TOKEN」。`,
    'content-type': `請以 application/json 送出訊息。`,
  },
  notFound: (path) => `${path} 沒有任何內容。MCP 用戶端請使用 /mcp 或 /sse；程式請把這個連接埠當作代理。`,
  methodNotAllowed: (method, path) => `${path} 不接受 ${method} 方法。`,
});

import type { shim as en } from '../en/shim.ts';

/** What `mcp-gangway connect` says to the client it serves, and on stderr. */
export const shim: typeof en = () => ({
  notRunning: (place) => `MCP Gangway 沒有執行：${place} 沒有程式在監聽。請開啟 MCP Gangway 並將它打開，然後再試一次。`,
  off: `MCP Gangway 目前是關閉的。請從它的選單打開，然後再試一次。`,
  starting: (place) => `正在啟動 MCP Gangway，但 ${place} 尚未開始監聽。請開啟 MCP Gangway 並將它打開，然後再試一次。`,
  stranger: (place) => `在 ${place} 監聽的不是 MCP Gangway，或是舊版本。請查看設定中的連接埠，並以 --port 指定。`,
  tokenNeeded: `MCP Gangway 需要權杖。請為這個伺服器設定 MCP_GANGWAY_TOKEN，或以 --token-file 指定檔案。`,
  tokenWithAddress: `MCP Gangway 需要權杖，而權杖只會送到您指定的位址：請同時給 -p PORT 或 --host。`,
  tokenWrong: `MCP Gangway 不接受這個權杖。請從 MCP Gangway 的設定重新複製。`,
  lost: `在收到回應之前，與 MCP Gangway 的連線中斷了。這個請求可能已執行，也可能沒有。`,
  cancelled: `與 MCP Gangway 的連線中斷了。`,
  reconnected: `MCP Gangway 已重新啟動。這個工作階段改由新的伺服器程序繼續；舊程序記憶體中的內容已不存在。`,
  newServer: (why) => `${why} 這個工作階段改由新的伺服器程序繼續；舊程序記憶體中的內容已不存在。`,
  notRestored: (reason) =>
    `MCP Gangway 已恢復，但它的伺服器沒有接續這個工作階段：${reason}請在這個用戶端重新啟動伺服器。`,
  otherRevision: `它現在使用另一個 MCP 版本。`,
  noAnswerAfterEnd: (seconds) =>
    `輸入已結束，而回應沒有在 ${seconds} 秒內抵達。可用 --drain SECONDS 讓 connect 等久一點。`,
  cannotStart: (reason) => `無法啟動 MCP Gangway：${reason}。`,
});

import { bilingual } from './language.ts';

/** What `mcp-gangway connect` says to the client it serves, and on stderr. */
export const shim = bilingual(
  () => ({
    notRunning: (place: string) =>
      `MCP Gangway is not running: nothing listens on ${place}. Open MCP Gangway, turn it on, and try again.`,
    off: `MCP Gangway is switched off. Turn it on in its menu, and try again.`,
    starting: (place: string) =>
      `MCP Gangway is being started, but does not listen on ${place} yet. Open it, turn it on, and try again.`,
    stranger: (place: string) =>
      `What listens on ${place} is not MCP Gangway, or an old version of it. Look at the port in its settings, and give it as --port.`,
    tokenNeeded: `MCP Gangway asks for its token. Set MCP_GANGWAY_TOKEN for this server, or name a file with --token-file.`,
    tokenWithAddress: `MCP Gangway asks for its token, which is sent only to an address that you name: give -p PORT or --host as well.`,
    tokenWrong: `MCP Gangway does not accept this token. Copy it again from the settings of MCP Gangway.`,
    lost: `The connection to MCP Gangway broke before the answer came. The request may have been carried out or not.`,
    cancelled: `The connection to MCP Gangway broke.`,
    reconnected: `MCP Gangway was restarted. This session goes on with a new server process; what the old one kept in memory is gone.`,
    newServer: (why: string) =>
      `${why} This session goes on with a new server process; what the old one kept in memory is gone.`,
    notRestored: (reason: string) =>
      `MCP Gangway is back, but its server did not take the session up again: ${reason} Restart the server in this client.`,
    otherRevision: `It speaks another revision of MCP now.`,
    noAnswerAfterEnd: (seconds: number) =>
      `The input ended, and the answer did not come within ${seconds} seconds. Give connect more time with --drain SECONDS.`,
    cannotStart: (reason: string) => `MCP Gangway could not be started: ${reason}.`,
  }),
  () => ({
    notRunning: (place) =>
      `MCP Gangway 沒有執行：${place} 沒有程式在監聽。請開啟 MCP Gangway 並將它打開，然後再試一次。`,
    off: `MCP Gangway 目前是關閉的。請從它的選單打開，然後再試一次。`,
    starting: (place) =>
      `正在啟動 MCP Gangway，但 ${place} 尚未開始監聽。請開啟 MCP Gangway 並將它打開，然後再試一次。`,
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
  }),
);

import { bilingual } from './language.ts';

/** What befalls MCP servers and the requests to them. */
export const servers = bilingual(
  () => ({
    ended: {
      exited: (server: string, code: number) => `The MCP server ${server} ended with exit code ${code}.`,
      killed: (server: string, signal: string) => `The MCP server ${server} was ended by ${signal}.`,
      closed: (server: string) => `The session with the MCP server ${server} was closed.`,
    },
    notStarted: {
      notFound: (command: string, searched: string) =>
        `The command ${command} was not found. Searched: ${searched}. Write its full path, or add its folder to the PATH in the server's env.`,
      notExecutable: (file: string) => `${file} is there but may not be run. Make it executable (chmod +x).`,
      noDirectory: (cwd: string) => `The working directory ${cwd} does not exist.`,
      tooManyFiles: (command: string) =>
        `${command} could not be started: MCP Gangway has no file descriptors left. Close sessions or tunnels, or raise the limit (ulimit -n).`,
      refused: (command: string, code: string) => `The system refused to start ${command} (${code}).`,
    },
    linesBetween: (lines: number) => `… ${lines} ${lines === 1 ? 'line' : 'lines'} left out …`,
    answerTooLong: (bytes: number, limit: number) =>
      `The answer of the MCP server has ${bytes} bytes, more than the limit of ${limit} bytes.`,
    requestTooLong: (bytes: number, limit: number) =>
      `The request of the MCP server has ${bytes} bytes, more than the limit of ${limit} bytes.`,
    bodyTooLong: (limit: number) => `The request body is over the limit of ${limit} bytes.`,
    bodyNoRoom: `Other messages take up the memory for messages on their way. Send this one again in a few seconds.`,
    bodyStalled: `The request body came to a halt before its end. Send it again, in one go.`,
    lineNoRoom: `The message was dropped: other messages take up the memory for messages on their way, or it came to a halt before its end. Send it again in a few seconds.`,
    noServer: `No MCP server is set up here. Start with --sse COMMAND ARGS…, or name one as the default in the settings or the --config file.`,
    unknownServer: (name: string, names: readonly string[]) =>
      `There is no MCP server named ${name}. ${names.length === 0 ? 'None is set up yet.' : `There are: ${names.join(', ')}.`}`,
    stopped: (name: string) => `The MCP server ${name} is stopped.`,
    tooManyChildren: (limit: number) =>
      `All ${limit} processes for MCP servers are in use. Close a session, or raise the limit.`,
    tooManySessions: (limit: number) => `All ${limit} sessions are in use. Close one, or raise the limit.`,
    backingOff: (name: string, seconds: number, last: string) =>
      `The MCP server ${name} keeps failing and is given a rest of ${seconds} s. ${last}`,
    methodNotAllowed: (allowed: string) => `Only ${allowed} can be used here.`,
    upgradeRequired: (protocol: string) =>
      `This endpoint carries bare lines: ask for it with "Connection: Upgrade" and "Upgrade: ${protocol}", or use mcp-gangway connect.`,
    lineTooLong: (bytes: number, limit: number) =>
      `The message has ${bytes} bytes, more than the limit of ${limit} bytes.`,
    tryTimedOut: (name: string, seconds: number) =>
      `The MCP server ${name} did not answer within ${seconds} s. Its first start may have to download something: try again, or look at its log.`,
    tryCancelled: (name: string) => `The attempt to start ${name} was cancelled.`,
    tryRefused: (name: string, reason: string) =>
      `${name} runs, but answers neither initialize nor tools/list: ${reason === '' ? 'it may be no MCP server' : reason}`,
    config: {
      unreadable: (file: string, code: string) => `${file} cannot be read (${code}). The servers known before go on.`,
      noServers: `The file is not JSON with an mcpServers object in it. The servers known before go on.`,
      badEntry: (server: string, field: string) =>
        `The server ${server} is left out: its ${field} is missing or of the wrong kind.`,
      remote: (server: string) =>
        `The server ${server} is left out: it is reached by a URL already and needs no bridge.`,
      sameName: (server: string) =>
        `Two servers are called ${server} once spaces and capitals are gone; the second is left out.`,
      missingVariable: (server: string, variable: string) =>
        `The server ${server} is left out: the environment variable ${variable} is not set.`,
    },
  }),
  () => ({
    ended: {
      exited: (server: string, code: number) => `MCP 伺服器 ${server} 已結束，結束代碼為 ${code}。`,
      killed: (server: string, signal: string) => `MCP 伺服器 ${server} 被 ${signal} 終止。`,
      closed: (server: string) => `與 MCP 伺服器 ${server} 的工作階段已關閉。`,
    },
    notStarted: {
      notFound: (command: string, searched: string) =>
        `找不到指令 ${command}。已搜尋：${searched}。請填寫完整路徑，或在伺服器的 env 中把所在資料夾加入 PATH。`,
      notExecutable: (file: string) => `${file} 存在但無法執行。請將它設為可執行（chmod +x）。`,
      noDirectory: (cwd: string) => `工作目錄 ${cwd} 不存在。`,
      tooManyFiles: (command: string) =>
        `無法啟動 ${command}：MCP Gangway 已用完檔案描述元。請關閉一些工作階段或通道，或提高上限（ulimit -n）。`,
      refused: (command: string, code: string) => `系統拒絕啟動 ${command}（${code}）。`,
    },
    linesBetween: (lines: number) => `… 略去 ${lines} 行 …`,
    answerTooLong: (bytes: number, limit: number) => `MCP 伺服器的回應有 ${bytes} 位元組，超過 ${limit} 位元組的上限。`,
    requestTooLong: (bytes: number, limit: number) =>
      `MCP 伺服器的請求有 ${bytes} 位元組，超過 ${limit} 位元組的上限。`,
    bodyTooLong: (limit: number) => `請求內容超過 ${limit} 位元組的上限。`,
    bodyNoRoom: `其他訊息已用完傳送中訊息的記憶體。請過幾秒再送出這則訊息。`,
    bodyStalled: `請求內容在送完之前就停住了。請重新一次送完。`,
    lineNoRoom: `這則訊息已被丟棄：其他訊息已用完傳送中訊息的記憶體，或它在送完之前就停住了。請過幾秒再送出。`,
    noServer: `這裡尚未設定 MCP 伺服器。請以 --sse 指令 參數… 啟動，或在設定或 --config 檔案中指定預設伺服器。`,
    unknownServer: (name, names) =>
      `沒有名為 ${name} 的 MCP 伺服器。${names.length === 0 ? '目前尚未設定任何伺服器。' : `現有的伺服器：${names.join('、')}。`}`,
    stopped: (name: string) => `MCP 伺服器 ${name} 已停止。`,
    tooManyChildren: (limit: number) => `MCP 伺服器的 ${limit} 個程序都在使用中。請關閉一個工作階段，或提高上限。`,
    tooManySessions: (limit: number) => `${limit} 個工作階段都在使用中。請關閉一個，或提高上限。`,
    backingOff: (name: string, seconds: number, last: string) =>
      `MCP 伺服器 ${name} 一再失敗，先暫停 ${seconds} 秒。${last}`,
    methodNotAllowed: (allowed: string) => `這裡只能使用 ${allowed}。`,
    upgradeRequired: (protocol) =>
      `這個端點直接傳送逐行訊息：請以「Connection: Upgrade」與「Upgrade: ${protocol}」要求，或使用 mcp-gangway connect。`,
    lineTooLong: (bytes, limit) => `訊息有 ${bytes} 位元組，超過 ${limit} 位元組的上限。`,
    tryTimedOut: (name, seconds) =>
      `MCP 伺服器 ${name} 在 ${seconds} 秒內沒有回應。第一次啟動可能需要下載：請再試一次，或查看它的記錄。`,
    tryCancelled: (name) => `已取消啟動 ${name} 的嘗試。`,
    tryRefused: (name, reason) =>
      `${name} 已執行，但不回應 initialize 也不回應 tools/list：${reason === '' ? '它可能不是 MCP 伺服器' : reason}`,
    config: {
      unreadable: (file: string, code: string) => `無法讀取 ${file}（${code}）。原有的伺服器會繼續運作。`,
      noServers: `這個檔案不是含有 mcpServers 物件的 JSON。原有的伺服器會繼續運作。`,
      badEntry: (server: string, field: string) => `已略過伺服器 ${server}：缺少 ${field}，或其類型不正確。`,
      remote: (server: string) => `已略過伺服器 ${server}：它本來就以 URL 提供服務，不需要橋接。`,
      sameName: (server: string) => `去除空白與大小寫之後有兩個伺服器同名為 ${server}；已略過第二個。`,
      missingVariable: (server: string, variable: string) => `已略過伺服器 ${server}：環境變數 ${variable} 沒有設定。`,
    },
  }),
);

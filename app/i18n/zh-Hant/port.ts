import type { port as en } from '../en/port.ts';

export const port: typeof en = () => ({
  taken: {
    byGangway: (port, pid) =>
      pid === null
        ? `另一個 MCP Gangway 已在連接埠 ${port} 執行。`
        : `另一個 MCP Gangway 已在連接埠 ${port} 執行（程序 ${pid}）。`,
    byProgram: (port, name, pid) =>
      `連接埠 ${port} 已被${name === '' ? '另一個程式' : ` ${name} `}使用（程序 ${pid}）。`,
    byUnknown: (port) => `連接埠 ${port} 已被使用，但查不出是哪一個程式。`,
    useIt: (port) => `可以直接使用它（mcp-gangway status -p ${port}），或先停止它。`,
    stopIt: (pid, windows) => (windows ? `停止方式：taskkill /PID ${pid}` : `停止方式：kill ${pid}`),
    otherPort: (free) => `請停止該程式，或改用其他連接埠：mcp-gangway -p ${free}`,
    otherForward: (free) => `請停止該程式，或改用其他連接埠轉送，例如 ${free}。`,
    hint: `請結束該程式，或改用其他連接埠。`,
  },
  notAllowed: {
    sentence: (port) => `系統不允許這位使用者監聽連接埠 ${port}。`,
    hint: `1024 以下的連接埠屬於系統，請改用較大的號碼。`,
  },
  noSuchAddress: {
    sentence: (host) => `這台電腦沒有可供監聽的位址 ${host}。`,
    hint: `請只監聽這台電腦，或選擇它擁有的位址。`,
  },
  notOpened: {
    sentence: (reason) => `無法開啟連接埠：${reason}。`,
    hint: `詳情請看記錄。`,
  },
});

import type { operation as en } from '../../en/app/operation.ts';

/** What can go wrong while the app is switched on, off or over to other settings. */
export const operation: typeof en = () => ({
  portTaken: {
    byGangway: (port, pid) =>
      pid === null
        ? `連接埠 ${port} 已被使用：另一個 MCP Gangway 正在那裡執行。`
        : `連接埠 ${port} 已被使用：另一個 MCP Gangway 正在那裡執行（程序 ${pid}）。`,
    byProgram: (port, name, pid) =>
      `連接埠 ${port} 已被${name === '' ? '另一個程式' : ` ${name} `}使用（程序 ${pid}）。`,
    byUnknown: (port) => `連接埠 ${port} 已被另一個程式使用。`,
    hint: `請結束該程式，或改用其他連接埠。`,
  },
  notAllowed: {
    sentence: (port) => `系統不允許這位使用者監聽連接埠 ${port}。`,
    hint: `1024 以下的連接埠屬於系統，請改用較大的號碼。`,
  },
  noSuchAddress: {
    sentence: (host) => `這台電腦沒有可供監聽的位址 ${host}。`,
    hint: `請只監聽這台 Mac，或選擇它擁有的位址。`,
  },
  cannotStart: {
    sentence: (reason) => `無法開啟連接埠：${reason}。`,
    hint: `詳情請看記錄。`,
  },
  notSaved: {
    sentence: (reason) => `無法儲存設定：${reason}。`,
    hint: `設定在 App 結束前仍然有效。請確認磁碟還有空間，而且檔案可以寫入。`,
  },
  notRestored: {
    sentence: (reason) => `無法套用新設定，也無法恢復先前的設定：${reason}MCP Gangway 已關閉。`,
  },
  keptAside: {
    sentence: (file) => `無法讀取設定檔。原檔已保留為 ${file}，App 以全新設定啟動。`,
    hint: `請修復該檔案並放回原處，或重新設定。`,
  },
  lostPort: {
    sentence: (port) => `失去了連接埠 ${port}。`,
    hint: `請關閉 MCP Gangway 再重新開啟。`,
  },
  iconHidden: {
    sentence: `選單列中看不到 MCP Gangway 的圖像。`,
    hint: `請在「系統設定 > 選單列」中顯示它，或結束其他選單列 App 以騰出空間。再次打開這個 App，就會回到這個視窗。`,
  },
  serverFailing: {
    hint: `請看它最後寫下的內容，修正指令後重新啟動它。`,
  },
});

import { bilingual } from '../language.ts';

/** What can go wrong while the app is switched on, off or over to other settings. */
export const operation = bilingual(
  () => ({
    portTaken: {
      byGangway: (port: number, pid: number | null) =>
        pid === null
          ? `Port ${port} is taken: another MCP Gangway already runs there.`
          : `Port ${port} is taken: another MCP Gangway already runs there (process ${pid}).`,
      byProgram: (port: number, name: string, pid: number) =>
        `Port ${port} is taken by ${name === '' ? 'another program' : name} (process ${pid}).`,
      byUnknown: (port: number) => `Port ${port} is taken by another program.`,
      hint: `Quit that program, or use another port.`,
    },
    notAllowed: {
      sentence: (port: number) => `The system does not let this user listen on port ${port}.`,
      hint: `Ports below 1024 belong to the system. Take a higher one.`,
    },
    noSuchAddress: {
      sentence: (host: string) => `This machine has no address ${host} to listen on.`,
      hint: `Listen on this Mac only, or choose an address it has.`,
    },
    cannotStart: {
      sentence: (reason: string) => `The port could not be opened: ${reason}.`,
      hint: `The log has the details.`,
    },
    notSaved: {
      sentence: (reason: string) => `The settings could not be saved: ${reason}.`,
      hint: `They apply until the app is quit. Check that the disk is not full and that the file may be written.`,
    },
    notRestored: {
      sentence: (reason: string) =>
        `The new settings could not be applied, and those from before could not be restored: ${reason} MCP Gangway is off.`,
    },
    keptAside: {
      sentence: (file: string) =>
        `The settings file could not be read. It was kept as ${file}, and the app began with fresh settings.`,
      hint: `Repair the file and put it back, or set things up again.`,
    },
    lostPort: {
      sentence: (port: number) => `Port ${port} was lost.`,
      hint: `Turn MCP Gangway off and on again.`,
    },
    iconHidden: {
      sentence: `The icon of MCP Gangway is not in the menu bar.`,
      hint: `Show it in System Settings › Menu Bar, or quit another menu-bar app to make room. Opening the app again brings this window back.`,
    },
    serverFailing: {
      hint: `Read what it wrote last, correct its command, then restart it.`,
    },
  }),
  () => ({
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
  }),
);

import { bilingual } from '../language.ts';

/** The first-run window. */
export const welcome = bilingual(
  () => ({
    title: `Welcome to MCP Gangway`,
    lead: `MCP servers that some clients start cannot reach your network. MCP Gangway lends them this Mac’s: they go through one port here.`,
    on: {
      title: `Turn it on`,
      words: `It lives in the menu bar. If the icon is not there, look in System Settings › Menu Bar, or open the app again.`,
    },
    clients: {
      title: `Make your servers work`,
      words: `Claude Desktop, Cursor and others keep their MCP servers in a file. MCP Gangway finds it and changes it for you, after a preview; everything can be undone.`,
      open: `Choose Servers…`,
      byHand: `Or do it by hand: copy the configuration and paste it where your MCP client keeps its own.`,
    },
    network: {
      title: `Allow the local network`,
    },
    login: { title: `Launch at login` },
    done: `Done`,
  }),
  () => ({
    title: `歡迎使用 MCP Gangway`,
    lead: `有些用戶端啟動的 MCP 伺服器無法使用您的網路。MCP Gangway 把這台 Mac 的網路借給它們：全部經由這裡的一個連接埠。`,
    on: {
      title: `開啟`,
      words: `它就在選單列。若看不到圖像，請查看「系統設定 > 選單列」，或再次打開這個 App。`,
    },
    clients: {
      title: `讓您的伺服器連得上`,
      words: `Claude Desktop、Cursor 等用戶端把 MCP 伺服器寫在檔案裡。MCP Gangway 會找到它，先讓您預覽，再替您修改；一切都能還原。`,
      open: `選擇伺服器…`,
      byHand: `或者自己動手：複製設定，貼到 MCP 用戶端的設定中。`,
    },
    network: {
      title: `允許區域網路`,
    },
    login: { title: `登入時啟動` },
    done: `完成`,
  }),
);

import type { welcome as en } from '../../en/app/welcome.ts';

/** The first-run window. */
export const welcome: typeof en = () => ({
  title: `歡迎使用 MCP Gangway`,
  lead: `有些用戶端啟動的 MCP 伺服器連不到您的網路。MCP Gangway 開啟一個連接埠，讓它們改由這台 Mac 的網路連出去。`,
  on: {
    title: `開啟`,
    words: `它會出現在選單列。若看不到圖像，請查看「系統設定 > 選單列」，或再次打開這個 App。`,
  },
  clients: {
    title: `讓您的伺服器連上網路`,
    words: `Claude Desktop、Cursor 等用戶端把 MCP 伺服器寫在檔案裡。MCP Gangway 會找出這些檔案，先讓您預覽再修改；一切都能還原。`,
    open: `選擇伺服器…`,
    byHand: `或者自己動手：複製設定，貼到 MCP 用戶端的設定中。`,
  },
  network: {
    title: `允許區域網路`,
  },
  shared: {
    title: `還有其他人使用這台 Mac`,
    words: (people) =>
      `這裡有 ${people} 個人的帳號，他們的程式都能連到這個連接埠。要求權杖後，只有持有權杖的用戶端能連入；在這裡設定的用戶端會自動取得權杖。`,
    require: `要求權杖`,
  },
  login: { title: `登入時啟動` },
  done: `完成`,
});

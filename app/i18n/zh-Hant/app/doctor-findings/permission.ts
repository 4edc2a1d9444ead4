import type * as en from '../../../en/app/doctor-findings/permission.ts';

/** Where macOS keeps what is talked about, in the words of System Settings. */
export const panes = {
  localNetwork: `「系統設定 › 隱私權與安全性 › 區域網路」`,
  extensions: `「系統設定 › 一般 › 登入項目與延伸功能 › 網路延伸功能」`,
} as const;

/** The Local Network permission of macOS, and what looks like it. */
export const permission: typeof en.permission = () => ({
  'permission-open': {
    what: ({ target }) => `macOS 尚未允許 MCP Gangway 使用區域網路，因此連不到 ${target}。`,
    why: ({ errno, milliseconds }) =>
      `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），什麼都還沒送出。只有 macOS 本身會這麼快，而且它對區域網路的詢問還沒有得到回答。`,
    steps: () => [
      `讓 MCP Gangway 在最前面，再次要求權限，並選擇「允許」。`,
      `如果沒有出現詢問，請打開${panes.localNetwork}，開啟 MCP Gangway。`,
      `如果清單中沒有它，請重新啟動 Mac 後再要求一次。`,
    ],
  },
  'permission-denied': {
    what: ({ target }) => `macOS 不允許 MCP Gangway 使用區域網路，因此連不到 ${target}。`,
    why: ({ errno, milliseconds }) =>
      `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），什麼都還沒送出，而且權限已關閉。`,
    steps: () => [
      `打開${panes.localNetwork}，開啟 MCP Gangway。`,
      `再執行一次檢查。如果沒有改變，請關閉後再開啟，然後重新啟動 Mac。`,
    ],
  },
  'permission-stale': {
    what: ({ target }) => `macOS 顯示已允許 MCP Gangway，卻仍然擋住區域網路，因此連不到 ${target}。`,
    why: ({ errno, milliseconds }) =>
      `雖然已經給過權限，連線仍在 ${milliseconds} 毫秒後被拒絕（${errno}）。macOS 有時會留著過期的紀錄，最常發生在同一個 App 有好幾份的時候。`,
    steps: ({ copies }) => [
      `打開${panes.localNetwork}，把 MCP Gangway 關閉再開啟。`,
      `結束 MCP Gangway，再從「應用程式」檔案夾打開。`,
      ...(copies.length > 1 ? [`刪除其他幾份：${copies.join('、')}。`] : []),
      `如果仍然失敗，請重新啟動 Mac。`,
    ],
  },
  'permission-unknown': {
    what: ({ target }) => `macOS 不讓這個程式使用區域網路，因此連不到 ${target}。`,
    why: ({ errno, milliseconds }) =>
      `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），什麼都還沒送出。只有這台 Mac 本身會這麼快，通常是因為沒有「區域網路」權限。`,
    steps: () => [
      `打開${panes.localNetwork}。如果清單中的 MCP Gangway 是關閉的，請開啟。`,
      `如果已經開啟，請關閉再開啟，然後結束 MCP Gangway，再從「應用程式」檔案夾打開。`,
      `如果清單中沒有它，請打開 App，讓視窗在最前面並要求權限，再選擇「允許」。`,
      `如果都沒有用，請重新啟動 Mac。`,
    ],
  },
  'after-update': {
    what: ({ target, macosNow }) => `更新到 macOS ${macosNow} 之後，MCP Gangway 就連不到 ${target} 了。`,
    why: ({ macosBefore }) =>
      `上次成功使用區域網路時是 macOS ${macosBefore}。大版本更新會重建 macOS 辨識 App 的紀錄，有些權限會因此遺失。`,
    steps: () => [
      `打開${panes.localNetwork}，把 MCP Gangway 關閉再開啟。`,
      `如果清單中沒有它，請讓 MCP Gangway 在最前面，再次要求權限。`,
      `如果仍然失敗，請重新啟動 Mac。`,
    ],
  },
  'blocked-for-all': {
    what: ({ target }) => `這台 Mac 上有東西擋住所有程式連到 ${target}，不只是 MCP Gangway。`,
    why: ({ errno, milliseconds, products, vpns }) =>
      `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），而這次檢查是在 macOS 本身不會阻擋的地方執行的。${
        products !== ''
          ? `這些程式會過濾網路：${products}。`
          : vpns !== ''
            ? `有 VPN 已連線：${vpns}。`
            : `通常是 VPN 或安全軟體造成的。`
      }`,
    steps: ({ products, vpns }) => [
      ...(vpns === '' ? [] : [`中斷 ${vpns}，或在它的設定中允許區域網路，再執行一次檢查。`]),
      ...(products === '' ? [] : [`到${panes.extensions}暫停 ${products}，再執行一次檢查。`]),
      `找出是哪一個產品後，在其中允許連線到區域網路。`,
    ],
  },
  service: {
    what: () => `這個程式是由背景服務啟動的。`,
    why: ({ startedBy }) => `macOS 不會替 launch agent（${startedBy}）詢問權限，因此它們無法使用區域網路。`,
    steps: () => [`以 App、登入項目或從終端機啟動 MCP Gangway。`],
  },
  'other-app': {
    what: ({ startedBy }) => `這個程式是由 ${startedBy} 啟動的，這裡以它的權限為準。`,
    why: () => `Apple 的終端機與 SSH 通常會把區域網路的權限傳給所啟動的程式，其他 App 的終端機不會。`,
    steps: ({ startedBy }) => [`從終端機或 App 執行檢查，或到${panes.localNetwork}允許 ${startedBy}。`],
  },
});

/** This copy of the app, and what else looks at the network here. */
export const machine: typeof en.machine = () => ({
  translocated: {
    what: () => `MCP Gangway 正從暫時的位置執行。`,
    why: () => `下載後沒有移動過的 App，macOS 每次都會從不同的位置執行，因此權限無法保留。`,
    steps: () => [`結束 MCP Gangway，把它移到「應用程式」檔案夾，再從那裡打開。`],
  },
  unsigned: {
    what: () => `這一份 MCP Gangway 沒有已知開發者的簽章。`,
    why: () => `macOS 以簽章辨識 App。沒有簽章時，區域網路的權限並不可靠。`,
    steps: () => [`請使用正式發行的 App。`],
  },
  'foreign-uuid': {
    what: () => `這一份 MCP Gangway 與其他 App 共用同一個識別碼。`,
    why: () =>
      `macOS 以程式檔中的識別碼記住權限，而這一份的識別碼不是為 MCP Gangway 產生的，可能會套用其他 App 的回答。`,
    steps: () => [`請使用正式發行的 App。`],
  },
  copies: {
    what: ({ copies }) => `這台 Mac 上有 ${copies.length} 份 MCP Gangway。`,
    why: ({ copies }) => `${copies.join('、')}。有好幾份時，macOS 可能會認錯對象。`,
    steps: () => [`保留「應用程式」檔案夾中的那一份，刪除其他幾份。`],
  },
  filter: {
    what: ({ products }) =>
      products === ''
        ? `有內容過濾器在檢查這台 Mac 的網路流量。`
        : `有安全軟體在檢查這台 Mac 的網路流量：${products}。`,
    why: () => `如果連線中斷或卡住，可能就是它造成的。`,
    steps: () => [],
  },
  vpn: {
    what: ({ vpns }) => `有 VPN 已連線：${vpns}。`,
    why: () => `有些 VPN 會擋住程式使用區域網路。`,
    steps: () => [],
  },
});

import type { machine as en } from '../../../en/app/doctor-findings/machine.ts';

/** This copy of the app, and what else looks at the network here. */
export const machine: typeof en = () => ({
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

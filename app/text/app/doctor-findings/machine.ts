import { bilingual } from '../../language.ts';
import { findings } from './finding-words.ts';

/** This copy of the app, and what else looks at the network here. */
export const machine = bilingual(
  () =>
    findings({
      translocated: {
        what: () => `MCP Gangway runs from a temporary place.`,
        why: () =>
          `macOS runs an app that was downloaded and not moved from a place that changes with each start; permissions do not last.`,
        steps: () => [`Quit MCP Gangway, move it into Applications and open it from there.`],
      },
      unsigned: {
        what: () => `This copy of MCP Gangway is not signed by a known developer.`,
        why: () =>
          `macOS recognises apps by their signature. Without one, the permission for the local network is unreliable.`,
        steps: () => [`Use the released app.`],
      },
      'foreign-uuid': {
        what: () => `This copy of MCP Gangway shares its identity with other apps.`,
        why: () =>
          `macOS keeps the permission by a number in the program file, and this one's was not made for MCP Gangway. Another app's answer may stand for it.`,
        steps: () => [`Use the released app.`],
      },
      copies: {
        what: ({ copies }) => `There are ${copies.length} copies of MCP Gangway on this Mac.`,
        why: ({ copies }) =>
          `${copies.join(', ')}. With several copies, macOS may ask the wrong one for its permission.`,
        steps: () => [`Keep the one in Applications and delete the others.`],
      },
      filter: {
        what: ({ products }) =>
          products === ''
            ? `A content filter looks at the network traffic of this Mac.`
            : `A security product looks at the network traffic of this Mac: ${products}.`,
        why: () => `If a connection breaks off or hangs, it may be the reason.`,
        steps: () => [],
      },
      vpn: {
        what: ({ vpns }) => `A VPN is connected: ${vpns}.`,
        why: () => `Some VPNs keep programs from the local network.`,
        steps: () => [],
      },
    }),
  () => ({
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
  }),
);

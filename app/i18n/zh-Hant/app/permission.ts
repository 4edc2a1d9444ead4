import type { permission as en } from '../../en/app/permission.ts';

/** The permission for the local network: the step of the first-run window, the row of the settings, the card of a refusal. */
export const permission: typeof en = () => ({
  title: `區域網路`,
  path: `「系統設定 › 隱私權與安全性 › 區域網路」`,
  states: {
    'not-needed': {
      title: `這裡不需要`,
      words: `只有 macOS 會在 App 使用區域網路之前詢問。`,
    },
    'not-asked': {
      title: `尚未詢問`,
      words: `macOS 會詢問是否讓 MCP Gangway 尋找區域網路上的裝置，請選「允許」。按下按鈕之前，不會送出任何資料。`,
    },
    asked: {
      title: `已詢問，還看不出結果`,
      words: `macOS 不會告訴 App 您的決定。請填入一台已開機的裝置再詢問一次：只要連上一次就能證明。`,
    },
    granted: {
      title: `已允許`,
      words: `MCP Gangway 和由它執行的伺服器都能連到區域網路上的裝置。`,
    },
    denied: {
      title: `被拒絕`,
      words: `這台 Mac 在送出任何資料之前就擋下了每次連線。沒有權限時就是如此；封鎖區域網路的 VPN 或安全軟體也有相同現象。`,
    },
    stale: {
      title: `曾經允許，現在無法確定`,
      reasons: {
        system: `上次確認權限有效之後，macOS 更新過，可能已忘記這項權限。`,
        program: `上次確認權限有效之後，這個 App 更新過，macOS 可能需要再詢問一次。`,
        refused: `上次確認權限有效之後，這台 Mac 曾在送出資料之前就擋下連往附近裝置的連線。`,
      },
    },
  },
  asking: {
    title: `等候回應…`,
    words: `macOS 詢問時請選「允許」。若沒有出現詢問，表示以前已回答過，或 macOS 暫時不問；半分鐘內這裡會顯示結果。`,
    answers: (count) => `已有 ${count} 台裝置回應。`,
  },
  target: {
    label: `要試連的裝置（可不填）`,
    placeholder: `192.168.1.20:8123`,
    invalid: `請填名稱或位址，也可加上連接埠，例如 nas.lan:8123`,
  },
  tried: {
    connected: (target) => `${target} 有回應。`,
    refused: (target) => `已連到 ${target}，但該連接埠沒有程式在監聽。問題不在權限。`,
    blocked: (target) => `連到 ${target} 的連線也被擋下。`,
    silent: (target) => `${target} 沒有回應。它可能關機、睡眠中，或位址已不同。`,
    unknownName: (target) => `${target}：找不到這個名稱的位址。`,
    routed: (target) => `${target} 不在這台 Mac 所在的網路，而是在路由器之後，因此不需要這項權限，也無法證明權限有效。`,
    failed: (target, errno) => `無法連到 ${target}（${errno}）。`,
  },
  ask: `要求取用…`,
  askAgain: `再次要求取用…`,
  check: `再檢查一次`,
  stop: `停止等候`,
  openSettings: `打開區域網路設定`,
  where: (path) => `開關位於${path}。`,
  help: {
    noRow: {
      title: `列表中沒有 MCP Gangway`,
      steps: [
        `把 App 移到「應用程式」檔案夾，從那裡打開，再詢問一次：App 使用過區域網路之後，macOS 才會將它列出。`,
        `只保留一份。磁碟映像檔或「下載項目」中的另一份會讓列表混淆。`,
        `重新啟動 Mac 後再詢問一次。有些版本的 macOS 要到那時才會詢問。`,
      ],
    },
    stillRefused: {
      title: `開關已打開，連線仍被拒絕`,
      steps: [
        `將開關關閉再打開，然後結束 MCP Gangway 並重新打開。`,
        `如果列表中出現兩個相同的 App，請刪除不用的那一份並清空垃圾桶。`,
        `重新啟動 Mac。`,
        `暫停會封鎖區域網路的 VPN 與安全軟體，再檢查一次。`,
      ],
    },
  },
  stopped: `macOS、安全軟體或 VPN 在送出任何資料之前就擋下了這個連線。`,
  fix: `允許區域網路…`,
});

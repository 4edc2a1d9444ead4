import { bilingual } from '../language.ts';

/** The permission for the local network: the step of the first-run window, the row of the settings, the card of a refusal. */
export const permission = bilingual(
  () => ({
    title: `Local network`,
    path: `System Settings › Privacy & Security › Local Network`,
    states: {
      'not-needed': {
        title: `Not needed here`,
        words: `Only macOS asks before an app may use the local network.`,
      },
      'not-asked': {
        title: `Not asked yet`,
        words: `macOS will ask whether MCP Gangway may find devices on your local network. Choose Allow. Nothing is sent before you press the button.`,
      },
      asked: {
        title: `Asked, no sign of an answer`,
        words: `macOS has no way to tell an app what was decided. Name a device that is switched on, and ask again: one connection is proof.`,
      },
      granted: {
        title: `Allowed`,
        words: `Devices on your local network can be reached, by MCP Gangway and by the servers it runs.`,
      },
      denied: {
        title: `Refused`,
        words: `This Mac stopped every connection before anything was sent. That is what a missing permission looks like; a VPN or security software that closes off the local network looks the same.`,
      },
      stale: {
        title: `Allowed before, uncertain now`,
        reasons: {
          system: `macOS was updated since the permission was seen to work, and may have forgotten it.`,
          program: `The app was updated since the permission was seen to work, and macOS may want to be asked again.`,
          refused: `Since the permission was seen to work, this Mac has stopped a connection to a device near you before anything was sent.`,
        },
      },
    },
    asking: {
      title: `Waiting for an answer…`,
      words: `Choose Allow when macOS asks. If no question comes, it was answered before or macOS keeps it back; the result shows here within half a minute.`,
      answers: (count: number) => (count === 1 ? `1 device has answered.` : `${count} devices have answered.`),
    },
    target: {
      label: `A device to try (optional)`,
      placeholder: `192.168.1.20:8123`,
      invalid: `Write a name or an address, with a port if you like: nas.lan:8123`,
    },
    tried: {
      connected: (target: string) => `${target} answers.`,
      refused: (target: string) =>
        `${target} was reached, but no program listens on that port. The permission is not in the way.`,
      blocked: (target: string) => `The connection to ${target} was stopped as well.`,
      silent: (target: string) => `${target} does not answer. It may be off, asleep or at another address.`,
      unknownName: (target: string) => `${target}: there is no address for that name.`,
      routed: (target: string) =>
        `${target} is not on this Mac’s own network but behind a router, so it needs no permission and proves none.`,
      failed: (target: string, errno: string) => `${target} could not be reached (${errno}).`,
    },
    ask: `Ask macOS Now`,
    askAgain: `Ask macOS Again`,
    check: `Check Again`,
    stop: `Stop Waiting`,
    openSettings: `Open Local Network Settings`,
    where: (path: string) => `The switch is in ${path}.`,
    help: {
      noRow: {
        title: `MCP Gangway is not in that list`,
        steps: [
          `Move the app into the Applications folder, open it from there, and ask again: macOS lists an app only after it has used the local network.`,
          `Keep one copy. A second one, on a disk image or in Downloads, confuses the list.`,
          `Restart the Mac and ask again. Some versions of macOS hold back the question until then.`,
        ],
      },
      stillRefused: {
        title: `The switch is on, and connections are refused all the same`,
        steps: [
          `Turn the switch off and on again, then quit MCP Gangway and open it.`,
          `If the list shows the app twice, delete the copies you do not use and empty the Trash.`,
          `Restart the Mac.`,
          `Pause VPNs and security software that close off the local network, and check again.`,
        ],
      },
    },
    /** Beside the button that leads to the permission. */
    stopped: `macOS, or a security product or VPN, stopped the connection before anything was sent.`,
    fix: `Allow the Local Network…`,
  }),
  () => ({
    title: `區域網路`,
    path: `「系統設定 > 隱私權與安全性 > 區域網路」`,
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
      routed: (target) =>
        `${target} 不在這台 Mac 所在的網路，而是在路由器之後，因此不需要這項權限，也無法證明權限有效。`,
      failed: (target, errno) => `無法連到 ${target}（${errno}）。`,
    },
    ask: `請 macOS 詢問`,
    askAgain: `再請 macOS 詢問`,
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
  }),
);

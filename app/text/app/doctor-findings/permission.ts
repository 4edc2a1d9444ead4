import { bilingual } from '../../language.ts';
import { findings } from './finding-words.ts';
import { panes, panesZh } from './panes.ts';

/** The Local Network permission of macOS, and what looks like it. */
export const permission = bilingual(
  () =>
    findings({
      'permission-open': {
        what: ({ target }) => `macOS has not yet let MCP Gangway into the local network, so ${target} is out of reach.`,
        why: ({ errno, milliseconds }) =>
          `The connection was refused after ${milliseconds} ms (${errno}), before anything was sent. Only macOS itself is that quick, and its question about the local network has not been answered.`,
        steps: () => [
          `Ask for the permission again with MCP Gangway in front, and answer Allow.`,
          `If no question appears, open ${panes.localNetwork} and switch MCP Gangway on.`,
          `If it is not in that list, restart the Mac and ask once more.`,
        ],
      },
      'permission-denied': {
        what: ({ target }) => `macOS does not let MCP Gangway into the local network, so ${target} is out of reach.`,
        why: ({ errno, milliseconds }) =>
          `The connection was refused after ${milliseconds} ms (${errno}), before anything was sent, and the permission is switched off.`,
        steps: () => [
          `Open ${panes.localNetwork} and switch MCP Gangway on.`,
          `Run Doctor again. If nothing has changed, switch it off and on once more, then restart the Mac.`,
        ],
      },
      'permission-stale': {
        what: ({ target }) =>
          `macOS lists MCP Gangway as allowed and still keeps it from the local network, so ${target} is out of reach.`,
        why: ({ errno, milliseconds }) =>
          `The connection was refused after ${milliseconds} ms (${errno}) although the permission had been given. macOS sometimes holds an outdated record, most often when there were several copies of an app.`,
        steps: ({ copies }) => [
          `Open ${panes.localNetwork}, switch MCP Gangway off and on again.`,
          `Quit MCP Gangway and open it again from Applications.`,
          ...(copies.length > 1 ? [`Delete the other copies: ${copies.join(', ')}.`] : []),
          `If it still fails, restart the Mac.`,
        ],
      },
      'permission-unknown': {
        what: ({ target }) => `macOS keeps this program from the local network, so ${target} is out of reach.`,
        why: ({ errno, milliseconds }) =>
          `The connection was refused after ${milliseconds} ms (${errno}), before anything was sent. Only this Mac itself is that quick; a missing Local Network permission is the usual reason.`,
        steps: () => [
          `Open ${panes.localNetwork}. If MCP Gangway is listed and off, switch it on.`,
          `If it is listed and on, switch it off and on again, then quit MCP Gangway and open it from Applications.`,
          `If it is not listed, open the app, ask for the permission there with its window in front, and answer Allow.`,
          `If nothing helps, restart the Mac.`,
        ],
      },
      'after-update': {
        what: ({ target, macosNow }) =>
          `Since the update to macOS ${macosNow}, MCP Gangway does not reach ${target} any more.`,
        why: ({ macosBefore }) =>
          `The local network was last reached under macOS ${macosBefore}. A major update rebuilds the records by which macOS recognises apps, and some permissions get lost.`,
        steps: () => [
          `Open ${panes.localNetwork}, switch MCP Gangway off and on again.`,
          `If it is not in that list, ask for the permission again with MCP Gangway in front.`,
          `If it still fails, restart the Mac.`,
        ],
      },
      'blocked-for-all': {
        what: ({ target }) => `Something on this Mac keeps every program from ${target}, not just MCP Gangway.`,
        why: ({ errno, milliseconds, products, vpns }) =>
          `The connection was refused after ${milliseconds} ms (${errno}), although Doctor runs where macOS itself lets everything through. ${
            products !== ''
              ? `These programs filter the network: ${products}.`
              : vpns !== ''
                ? `A VPN is connected: ${vpns}.`
                : `A VPN or a security product is the usual reason.`
          }`,
        steps: ({ products, vpns }) => [
          ...(vpns === ''
            ? []
            : [`Disconnect ${vpns}, or allow local network traffic in its settings, and run Doctor again.`]),
          ...(products === '' ? [] : [`Pause ${products} under ${panes.extensions}, and run Doctor again.`]),
          `Allow connections to the local network in the product that turns out to be the one.`,
        ],
      },
      service: {
        what: () => `This program was started by a background service.`,
        why: ({ startedBy }) =>
          `macOS never asks on behalf of launch agents (${startedBy}), so they stay out of the local network.`,
        steps: () => [`Start MCP Gangway as an app, as a login item or from Terminal.`],
      },
      'other-app': {
        what: ({ startedBy }) => `This program was started by ${startedBy}, whose permission counts here.`,
        why: () =>
          `Only Apple's Terminal and SSH pass the permission for the local network on; the terminals of other apps do not.`,
        steps: ({ startedBy }) => [
          `Run Doctor from Terminal or from the app, or allow ${startedBy} under ${panes.localNetwork}.`,
        ],
      },
    }),
  () => ({
    'permission-open': {
      what: ({ target }) => `macOS 尚未允許 MCP Gangway 使用區域網路，因此連不到 ${target}。`,
      why: ({ errno, milliseconds }) =>
        `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），什麼都還沒送出。只有 macOS 本身會這麼快，而且它對區域網路的詢問還沒有得到回答。`,
      steps: () => [
        `讓 MCP Gangway 在最前面，再次要求權限，並選擇「允許」。`,
        `如果沒有出現詢問，請打開${panesZh.localNetwork}，開啟 MCP Gangway。`,
        `如果清單中沒有它，請重新啟動 Mac 後再要求一次。`,
      ],
    },
    'permission-denied': {
      what: ({ target }) => `macOS 不允許 MCP Gangway 使用區域網路，因此連不到 ${target}。`,
      why: ({ errno, milliseconds }) =>
        `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），什麼都還沒送出，而且權限已關閉。`,
      steps: () => [
        `打開${panesZh.localNetwork}，開啟 MCP Gangway。`,
        `再執行一次檢查。如果沒有改變，請關閉後再開啟，然後重新啟動 Mac。`,
      ],
    },
    'permission-stale': {
      what: ({ target }) => `macOS 顯示已允許 MCP Gangway，卻仍然擋住區域網路，因此連不到 ${target}。`,
      why: ({ errno, milliseconds }) =>
        `雖然已經給過權限，連線仍在 ${milliseconds} 毫秒後被拒絕（${errno}）。macOS 有時會留著過期的紀錄，最常發生在同一個 App 有好幾份的時候。`,
      steps: ({ copies }) => [
        `打開${panesZh.localNetwork}，把 MCP Gangway 關閉再開啟。`,
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
        `打開${panesZh.localNetwork}。如果清單中的 MCP Gangway 是關閉的，請開啟。`,
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
        `打開${panesZh.localNetwork}，把 MCP Gangway 關閉再開啟。`,
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
        ...(products === '' ? [] : [`到${panesZh.extensions}暫停 ${products}，再執行一次檢查。`]),
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
      why: () => `只有 Apple 的終端機與 SSH 會把區域網路的權限傳給所啟動的程式，其他 App 的終端機不會。`,
      steps: ({ startedBy }) => [`從終端機或 App 執行檢查，或到${panesZh.localNetwork}允許 ${startedBy}。`],
    },
  }),
);

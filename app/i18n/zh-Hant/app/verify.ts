import type { verify as en } from '../../en/app/verify.ts';

/** What is said while a server is checked from end to end. */
export const verify: typeof en = () => ({
  steps: {
    probe: (target) => `從這裡連到 ${target}`,
    probeNone: `從這裡連到它的目標`,
    start: `以用戶端的方式啟動它`,
    initialize: `與它交握（initialize）`,
    tools: `列出它的工具（tools/list）`,
    requests: `確認它的請求經由 Gangway`,
  },
  cancelled: `已取消。`,
  before: `前面的步驟失敗，因此略過。`,
  probe: {
    passed: (target) => `這個應用程式可以連到 ${target}。`,
    none: `它的指令列與環境變數中沒有可供測試的位址。`,
  },
  start: {
    passed: `它已啟動。`,
    foreign: `這個項目屬於用戶端本身，Gangway 無法啟動它。`,
    elsewhere: `用戶端會自行連到這個位址，沒有需要啟動的程式。`,
    variable: (variable) => `它使用 ${variable}，只有用戶端能填入其值。`,
    variableHint: `請在用戶端使用它一次：之後這裡會顯示它最近一次請求的時間。`,
    hint: `請在終端機執行相同的指令，可以看到更多訊息。`,
    off: `Gangway 未開啟。`,
    offHint: `請開啟後再檢查一次。`,
    unknown: (server) => `Gangway 沒有名為 ${server} 的伺服器。`,
    unknownHint: `請還原這個項目，再讓 Gangway 執行這個伺服器。`,
    endpoint: `它在 Gangway 中執行。`,
  },
  initialize: {
    passed: (server, version, revision) => `${server} ${version} 使用 MCP ${revision}。`.replaceAll(/ {2,}/g, ' '),
    brokenOff: `它的端點在回應之前就中斷了。`,
    refused: (status) => `它的端點以狀態 ${status} 回應。`,
    hint: `請查看它的記錄：有某個原因讓它無法回應。`,
  },
  tools: {
    passed: (count) => `它提供 ${count} 個工具。`,
  },
  requests: {
    answered: (target, status) => `它最近一次請求送往 ${target}，得到的回應是 ${status}。`,
    connected: (target) => `它最近一次請求是連線到 ${target}。`,
    givenUp: (target) => `它對 ${target} 的請求在收到回應之前就放棄了。`,
    failed: (target, code) => `它最近一次對 ${target} 的請求失敗（${code}）。`,
    failedHint: `請求有經由 Gangway，但沒有到達目標。原因請看第一個步驟與失敗清單。`,
    unnamed: `無法辨識的目標`,
    none: `還沒有：許多伺服器在使用工具時才會連線。請在用戶端使用一個工具，再回來查看。`,
    notThrough: `它沒有經由 Gangway。`,
    runs: `它在 Gangway 中執行，不需要代理。`,
    token: `它的代理位址中的權杖不是目前的權杖。`,
    tokenHint: `請再讓它經由 Gangway 一次，便會寫入新的權杖。`,
  },
});

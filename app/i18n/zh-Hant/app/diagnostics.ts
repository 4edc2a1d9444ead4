import type { diagnostics as en } from '../../en/app/diagnostics.ts';

/** The file for people who help. */
export const diagnostics: typeof en = () => ({
  title: `MCP Gangway 診斷資料`,
  note: `送出前請先看過：權杖、密碼與環境變數的值已移除，主機與程式的名稱仍在其中。`,
  machine: `電腦`,
  settings: `設定`,
  state: `狀態`,
  log: (lines) => `記錄，最後 ${lines} 行`,
  label: `診斷資料`,
  save: `儲存診斷資料…`,
  saveLabel: `儲存診斷資料`,
  dialog: `儲存診斷資料`,
  hint: `一個給協助者的文字檔：不含機密的設定、狀態與最近的記錄。`,
  saved: (file) => `已儲存為 ${file}`,
});

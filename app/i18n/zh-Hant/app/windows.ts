import type { windows as en } from '../../en/app/windows.ts';

/** What the windows of the app share. */
export const windows: typeof en = () => ({
  titles: {
    settings: `MCP Gangway 設定`,
    logs: `MCP Gangway 記錄`,
    welcome: `歡迎使用 MCP Gangway`,
    clients: `MCP Gangway 用戶端`,
    doctor: `MCP Gangway 連線檢查`,
  },
  copy: `複製`,
  copied: `已複製`,
  close: `關閉`,
  dismiss: `知道了`,
  cancel: `取消`,
  save: `儲存`,
  start: (server) => `啟動 ${server}`,
  restart: (server) => `重新啟動 ${server}`,
  stop: (server) => `停止 ${server}`,
  notDone: (reason) => `無法完成：${reason}`,
});

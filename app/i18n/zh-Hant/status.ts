import type { status as en } from '../en/status.ts';

/** The state of the app in words, the same in menu, tooltip and windows. */
export const status: typeof en = () => ({
  off: `MCP Gangway 已關閉`,
  starting: `正在啟動…`,
  stopping: `正在停止…`,
  on: (address) => `已在 ${address} 開啟`,
  comma: `、`,
  tunnels: (count) => `${count} 個通道`,
  sessions: (count) => `${count} 個 MCP 工作階段`,
  server: {
    ready: `就緒`,
    failing: `失敗中`,
    stopped: `已停止`,
  },
  conditions: {
    notStarted: `尚未啟動`,
    starting: (age) => `正在啟動，已 ${age}`,
    running: `執行中`,
    failed: (age) => `${age}前失敗`,
    resting: (age, next) => `${age}前失敗，${next}後再試`,
    stopped: `已停止`,
  },
  uses: { session: `專供一個工作階段`, shared: `共用`, probe: `偵測`, spare: `備用` },
  children: (count) => `${count} 個程序`,
  restarts: (count) => `意外結束 ${count} 次`,
  ages: {
    seconds: (seconds) => `${seconds} 秒`,
    minutes: (minutes) => `${minutes} 分鐘`,
    hours: (hours, minutes) => `${hours} 小時 ${minutes} 分鐘`,
    days: (days, hours) => `${days} 天 ${hours} 小時`,
  },
});

import { bilingual } from './language.ts';

/** The state of the app in words, the same in menu, tooltip and windows. */
export const status = bilingual(
  () => ({
    off: `MCP Gangway is off`,
    starting: `Starting…`,
    stopping: `Stopping…`,
    on: (address: string) => `On at ${address}`,
    comma: `, `,
    tunnels: (count: number) => (count === 1 ? `1 tunnel` : `${count} tunnels`),
    sessions: (count: number) => (count === 1 ? `1 MCP session` : `${count} MCP sessions`),
    server: {
      ready: `Ready`,
      failing: `Failing`,
      stopped: `Stopped`,
    },
    conditions: {
      notStarted: `not started`,
      starting: (age: string) => `starting, ${age}`,
      running: `running`,
      failed: (age: string) => `failed ${age} ago`,
      resting: (age: string, next: string) => `failed ${age} ago, tried again in ${next}`,
      stopped: `stopped`,
    },
    uses: { session: `for one session`, shared: `shared`, probe: `probe`, spare: `spare` },
    children: (count: number) => (count === 1 ? `1 process` : `${count} processes`),
    restarts: (count: number) => (count === 1 ? `1 unexpected end` : `${count} unexpected ends`),
    /** How long something has been there: `8 s`, `12 min`, `3 h 4 min`, `2 d 5 h`. */
    ages: {
      seconds: (seconds: number) => `${seconds} s`,
      minutes: (minutes: number) => `${minutes} min`,
      hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
      days: (days: number, hours: number) => `${days} d ${hours} h`,
    },
  }),
  () => ({
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
  }),
);

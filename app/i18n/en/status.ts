/** The state of the app in words, the same in menu, tooltip and windows. */
export const status = () => ({
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
});

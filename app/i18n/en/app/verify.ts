/** What is said while a server is checked from end to end. */
export const verify = () => ({
  steps: {
    probe: (target: string) => `Reach ${target} from here`,
    probeNone: `Reach its target from here`,
    start: `Start it as its client would`,
    initialize: `Greet it (initialize)`,
    tools: `Ask for its tools (tools/list)`,
    requests: `See its requests come through Gangway`,
  },
  cancelled: `Cancelled.`,
  before: `Left out, since a step before it failed.`,
  probe: {
    passed: (target: string) => `${target} can be reached from this app.`,
    none: `Its command line and environment name no address to try.`,
  },
  start: {
    passed: `It runs.`,
    foreign: `This entry is the client's own; Gangway cannot start it.`,
    elsewhere: `The client connects to this address itself; there is nothing to start.`,
    variable: (variable: string) => `It uses ${variable}, which only the client can fill in.`,
    variableHint: `Use it once in the client: the time of its last request shows here then.`,
    hint: `Run the same command in a terminal to see more of what it says.`,
    off: `Gangway is off.`,
    offHint: `Turn it on and check again.`,
    unknown: (server: string) => `Gangway has no server named ${server}.`,
    unknownHint: `Undo this entry and let Gangway run the server again.`,
    endpoint: `It runs in Gangway.`,
  },
  initialize: {
    passed: (server: string, version: string, revision: string) =>
      `${server} ${version} speaks MCP ${revision}.`.replaceAll(/ {2,}/g, ' '),
    brokenOff: `Its endpoint broke off before it had answered.`,
    refused: (status: number) => `Its endpoint answered with status ${status}.`,
    hint: `Look at its log: something keeps it from answering.`,
  },
  tools: {
    passed: (count: number) => (count === 1 ? `It offers one tool.` : `It offers ${count} tools.`),
  },
  requests: {
    answered: (target: string, status: number) => `Its last request went to ${target} and was answered with ${status}.`,
    connected: (target: string) => `Its last request was a connection to ${target}.`,
    givenUp: (target: string) => `It gave up a request to ${target} before the answer came.`,
    failed: (target: string, code: string) => `Its last request to ${target} failed (${code}).`,
    failedHint: `The request came through Gangway, but did not reach its target. The first step, and the list of failures, say why.`,
    unnamed: `an unreadable target`,
    none: `None yet: many servers only reach out when a tool is used. Use one in the client, and look here again.`,
    notThrough: `It does not go through Gangway.`,
    runs: `It runs in Gangway and needs no proxy.`,
    token: `The token in its proxy address is not the one of now.`,
    tokenHint: `Put it through Gangway once more: the new token is written then.`,
  },
});

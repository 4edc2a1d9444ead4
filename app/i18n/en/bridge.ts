/**
 * What the bridge answers a client, and a server in the name of a client. The names of errors that JSON-RPC and MCP fix, such as
 * "Method not found" and "Session not found", are constants of the protocol and stand in the code.
 */
export const bridge = () => ({
  notModern: (server: string) =>
    `The MCP server ${server} is set to the era of 2026-07-28, and does not answer server/discover as such a server does. Set its era to auto, or to legacy.`,
  speaksNeither: (server: string) =>
    `The program of the MCP server ${server} runs, but answers neither initialize nor server/discover. Is it an MCP server, and does it speak over stdin and stdout?`,
  tooBusy: (server: string) => `The MCP server ${server} does not take in its requests fast enough.`,
  /** Faults of a request, before any server sees it. */
  invalid: {
    notJson: `Parse error: the body is not JSON`,
    codedBody: `The body is compressed (Content-Encoding), which is not supported here. Send it as plain JSON.`,
    notMessage: `The body is no JSON-RPC message`,
    holdsNoMessage: `Invalid request: the body holds something that is no JSON-RPC message`,
    initializeUnderHeader: `initialize does not exist in the revision that MCP-Protocol-Version names`,
    modernInBatch: `A batch may not hold messages of revision 2026-07-28 or later`,
    noSession: `Bad request: the Mcp-Session-Id header is missing`,
    initializedAlready: `Invalid request: the session is initialized already`,
    initializeAlone: `Invalid request: initialize must come alone`,
    badRevision: `Bad request: the revision in MCP-Protocol-Version is not supported`,
    noBatches: `Invalid request: the revision in use has no batches`,
    longBatch: (limit: number) => `Invalid request: a batch may hold ${limit} messages`,
    usedId: `Invalid request: another request with this id is under way`,
    badEventId: `Bad request: Last-Event-ID names no event that this session could resume from`,
    notAcceptable: `Not acceptable: accept application/json and text/event-stream`,
    notRequest: `Not a JSON-RPC 2.0 request or notification.`,
    badId: `The id of a request must be a string or an integer.`,
    tooDeep: (levels: number) => `Invalid params: nested more than ${levels} times.`,
    missingMeta: (key: string) =>
      key === '_meta'
        ? `Invalid params: the request has no _meta, which every request has since 2026-07-28.`
        : `Invalid params: ${key} of the request's _meta is missing.`,
    invalidMeta: (key: string) => `Invalid params: ${key} of the request's _meta is invalid.`,
    badFilter: `Invalid params: notifications must be a subscription filter.`,
    badRequestState: `Invalid params: requestState is not valid for this request, or not any more.`,
  },
  /** What is not let through, by the rules of a server or a set. No command stands here: a model that reads it might run it. */
  policy: {
    notFound: {
      tools: (name: string) => `Unknown tool: ${name}.`,
      prompts: (name: string) => `Unknown prompt: ${name}.`,
      resources: (uri: string) => `Resource not found: ${uri}.`,
    },
    byServer: (server: string) =>
      `It is switched off for the MCP server ${server}. Its owner can switch it on in MCP Gangway: Settings, Servers, ${server}.`,
    bySet: (set: string) =>
      `It is not in the set ${set}, which this client is limited to. Its owner can add it in the settings of MCP Gangway.`,
    held: (server: string) =>
      `It is held back, because it is new or has changed since it was approved for the MCP server ${server}. Its owner can look at it and approve it in MCP Gangway: Settings, Servers, ${server}.`,
    unmatched: {
      tools: (server: string, names: readonly string[]) =>
        `Rules for the tools of the MCP server ${server} fit none that it lists: ${names.join(', ')}. Case counts; the names are those of the server.`,
      prompts: (server: string, names: readonly string[]) =>
        `Rules for the prompts of the MCP server ${server} fit none that it lists: ${names.join(', ')}. Case counts; the names are those of the server.`,
    },
    unnamed: `Invalid params: the request does not say what it is about.`,
    ambiguous: `Invalid request: a member is there twice, or in another case, so it can be read in two ways.`,
    unknownMethod: (method: string, server: string) =>
      `Method not found: ${method}. While parts of the MCP server ${server} are switched off, MCP Gangway passes nothing on that it cannot judge.`,
    usedId: `Invalid request: another request with this id is under way`,
  },
  /** Headers that do not say what the body says. */
  headers: {
    mismatch: (fault: string) => `Header mismatch: ${fault}.`,
    contradicts: (header: string, value: string, body: string) => `${header} says ${value}, the body says ${body}`,
    missing: (header: string) => `${header} is missing`,
    badEncoding: (header: string) => `${header} is not encoded as it must be`,
    otherName: (header: string, member: string) => `${header} does not say the ${member} in the body`,
    otherArgument: (header: string) => `${header} does not say what the argument says`,
    noArgument: (header: string) => `${header} is there, its argument is not`,
  },
  /** Between a client and a server of different revisions. */
  translation: {
    notInitialized: `The session has not been initialized.`,
    noSuchLevel: `No such log level.`,
    noCommonRevision: `The server speaks no revision that could be translated.`,
    handshakeRefused: `The server refused the handshake.`,
    asksTooOften: (times: number) => `The server has asked ${times} times and still asks.`,
    clientCannotAnswer: (method: string) => `The server asks for ${method}, which the client does not support.`,
    noAnswer: `No answer.`,
    neitherResultNorError: `The server answered with neither a result nor an error.`,
    missingCapability: (names: readonly string[]) => `The client must declare ${names.join(', ')} for this request.`,
    pageNotPassedOn: `The server asks to open a page first, but it can not be passed on.`,
  },
  /** What a server is told of its client. */
  toServer: {
    clientClosed: `The client has closed the request.`,
    clientLate: `The client did not answer in time.`,
    clientCannot: `The client does not support this.`,
    tooManyWaiting: `Too many calls wait for an answer already.`,
    unowned: `No request is under way that the question could belong to.`,
    ambiguous: `Several requests are under way, and it can not be told which client to ask. Try again.`,
  },
});

/** What is said of several servers behind one address. */
export const aggregate = () => ({
  title: {
    all: `MCP Gangway: all servers`,
    group: (name: string) => `MCP Gangway: ${name}`,
  },
  instructions: {
    names: (servers: readonly { readonly name: string; readonly alias: string }[]) =>
      `This is MCP Gangway, which puts several MCP servers behind one. Each tool and prompt is named after its server, and instructions below leave that part out: ${servers.map(({ name, alias }) => `those of ${name} are ${alias}__NAME`).join(', ')}. Dashes and dots in a name become _; one that is too long is cut and ends with a code.`,
    absent: (servers: readonly { readonly name: string; readonly why: string }[]) =>
      `Not available at the moment:\n${servers.map(({ name, why }) => `- ${name}: ${why}`).join('\n')}`,
  },
  silent: (server: string) => `The MCP server ${server} has not answered yet. What it offers is added when it has.`,
  refused: (server: string, reason: string) =>
    `The MCP server ${server} refused the handshake.${reason === '' ? '' : ` It said: ${reason}`}`,
  staleCursor: `Invalid params: the cursor is of a list that has changed since, or of none. Begin again without a cursor.`,
  noName: `Invalid params: the name is missing.`,
  noAddress: `Invalid params: the uri is missing.`,
  noTool: (name: string, near: readonly string[]) =>
    `Unknown tool: ${name}.${near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`}`,
  noPrompt: (name: string, near: readonly string[]) =>
    `Unknown prompt: ${name}.${near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`}`,
  noTask: (id: string) => `Task not found: ${id}. None of the servers is known to have begun it.`,
  noResource: (uri: string) => `Resource not found: ${uri}. None of the servers lists it, or a template that it fits.`,
  ambiguous: (uri: string, servers: readonly string[]) =>
    `Several servers have ${uri}: ${servers.join(', ')}. Read it at the address of the one that is meant, /servers/NAME/mcp.`,
  noServers: `No MCP server is set up here. Add one in the settings or the --config file.`,
  noneInSet: `None of the servers at this address is in the set that you use it with. Add one to the set in the settings.`,
  unknownGroup: (name: string, names: readonly string[]) =>
    `There is no group named ${name}. ${names.length === 0 ? 'None is set up yet.' : `There are: ${names.join(', ')}.`} All servers together are at /all/mcp.`,
  strangers: (group: string, servers: readonly string[]) =>
    `The group ${group} names servers that are not set up, and leaves them out: ${servers.join(', ')}`,
});

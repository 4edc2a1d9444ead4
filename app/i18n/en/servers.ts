import { inARow } from '../in-a-row.ts';

const RULES = `an object with "allow" or "deny", or both, each a list of names or patterns`;
const VALUES = `an object of texts, such as {"NAME": "value"}`;
const SWITCH = `true or false, without quotes`;

/** What the fields of an entry hold, for sentences about those that hold something else. */
const FORMS: Readonly<Record<string, string>> = {
  args: `a list of texts, such as ["-y", "some-package"]`,
  env: VALUES,
  headers: VALUES,
  env_http_headers: VALUES,
  spare: SWITCH,
  lanCredentials: SWITCH,
  era: `"auto", "legacy", "modern" or "dual"`,
  type: `"http" or "sse"`,
  transport: `"http" or "sse"`,
  tools: RULES,
  prompts: RULES,
  resources: RULES,
  changes: `"notice" or "hold"`,
};

/** What helps where a file cannot be read, by the system's name for the error. */
const CURES: Readonly<Record<string, string>> = {
  ENOENT: `There is no such file: check its path.`,
  EISDIR: `It is a folder: name the file in it.`,
  EACCES: `This account may not read it: change its permissions, or those of its folder.`,
  EPERM: `This account may not read it: change its permissions, or those of its folder.`,
  EFTYPE: `It is a pipe or a device now: put a file in its place.`,
  EFBIG: `It holds more than 16 MB, and so something else than servers: check its path.`,
};

/** What befalls MCP servers and the requests to them. */
export const servers = () => ({
  ended: {
    exited: (server: string, code: number) => `The MCP server ${server} ended with exit code ${code}.`,
    killed: (server: string, signal: string) => `The MCP server ${server} was ended by ${signal}.`,
    closed: (server: string) => `The session with the MCP server ${server} was closed.`,
    lastWords: (words: string) => `It wrote: ${words}`,
  },
  notStarted: {
    notFound: (command: string, searched: string) =>
      `The command ${command} was not found. Searched: ${searched}. Write its full path, or add its folder to the PATH in the server's env.`,
    /** Of a command that is a path; `file` is where it leads to. */
    noFile: (command: string, file: string) =>
      `The command ${command} was not found${command === file ? '' : `: there is no ${file}`}. Correct its path, or install what belongs there.`,
    notExecutable: (file: string) => `${file} is there but may not be run. Make it executable (chmod +x).`,
    wholeLine: (command: string, first: string) =>
      `The command "${command}" was not found: it is a whole command line. Give "${first}" alone as command, and each of the other words as one of its args.`,
    unexpanded: (path: string, what: string, instead: string) =>
      `${path} was not found: ${what} is not expanded here, as only a shell does that. Write the whole path${instead === '' ? '' : `: ${instead}`}.`,
    wrapped: (command: string, instead: string) =>
      `The command ${JSON.stringify(command)} was not found: it has quotes or blanks around it. Write ${instead} alone.`,
    windowsPath: (command: string) =>
      `${command} is a path of Windows. Name the program by the path that it has on this machine, or by its name alone, such as node or npx.`,
    folder: (file: string) => `${file} is a folder, not a program. Name the file in it that is to be run.`,
    windowsLineEnds: (file: string, interpreter: string) =>
      `${file} has Windows line ends (CR LF), so the system looks for an interpreter called "${interpreter}\\r". Save it with Unix line ends (LF): sed -i.bak 's/\\r$//' FILE`,
    noInterpreter: (file: string, interpreter: string) =>
      `${file} is to be run by ${interpreter}, as its first line says, and that was not found. Install it, or correct the first line (a Python environment that was moved has to be made anew).`,
    byteOrderMark: (file: string) =>
      `${file} begins with a byte order mark, so the system does not see its #! line. Save it as UTF-8 without BOM.`,
    foreignBinary: (file: string, made: string) =>
      `${file} is a program for another system or processor (${made}). Install the one for this machine.`,
    badFormat: (command: string) =>
      `${command} is nothing that this machine can run: a program for another processor, or a script without #! line. Install the one for this machine (on Apple silicon, Intel programs need Rosetta).`,
    noDirectory: {
      missing: (cwd: string) => `The working directory ${cwd} does not exist. Make it, or correct cwd.`,
      unexpanded: (cwd: string, what: string, instead: string) =>
        `The working directory ${cwd} does not exist: ${what} is not expanded here, as only a shell does that. Write the whole path${instead === '' ? '' : `: ${instead}`}.`,
      file: (cwd: string) => `The working directory ${cwd} is a file. Name the folder it is in as cwd.`,
      'not-allowed': (cwd: string) =>
        `The working directory ${cwd} may not be entered. Change its permissions, or cwd.`,
    },
    nul: (command: string, where: string) =>
      `${command} could not be started: ${where} holds a NUL character (\\u0000), which no program can be given. Take it out.`,
    tooLong: (command: string, where: string, bytes: number) =>
      `${command} could not be started: its arguments and variables are more than the system takes (E2BIG). The longest is ${where} with ${bytes} bytes; put that into a file instead.`,
    notAllowed: (command: string, code: string) =>
      `The system does not allow ${command} to be run (${code}). It may be quarantined, on a volume mounted noexec, or behind a folder that this account may not enter.`,
    noRoom: (command: string, code: string) =>
      `${command} could not be started: the system has no room for another process (${code}). End some programs, or raise the limit (ulimit -u).`,
    beingWritten: (command: string) =>
      `${command} could not be started: another program is writing the file (ETXTBSY). Try again when the installation has ended.`,
    tooManyFiles: (command: string) =>
      `${command} could not be started: MCP Gangway has no file descriptors left. Close sessions or tunnels, or raise the limit (ulimit -n).`,
    refused: (command: string, code: string) => `The system refused to start ${command} (${code}).`,
  },
  startsItself: `The command of a server leads to MCP Gangway again and again, and starts itself each time. Give that server the command of the program behind.`,
  remote: {
    unreachable: (server: string, why: string) => `The MCP server ${server} cannot be reached: ${why}`,
    refused: (server: string, why: string) => `The MCP server ${server} cannot be used: ${why}`,
    ownerOnly: (server: string) =>
      `The MCP server ${server} is reached with the credentials of the owner of the machine that MCP Gangway runs on, so only clients on that machine may use it. To let others act as that person, its owner can write "lanCredentials": true into its entry.`,
    signIn: signIn(),
    trust: {
      notRemote: (server: string) =>
        `${server} is a program on this machine; only a server with a URL shows a certificate.`,
      noTls: (server: string) => `The URL of ${server} is not https, so it shows no certificate.`,
      trusted: (server: string) => `The certificate of ${server} is trusted already.`,
      noneShown: (server: string, why: string) => `${server} showed no certificate: ${why}`,
      changed: (server: string, shown: string) =>
        `${server} shows another certificate now, ${shown}; nothing was trusted. Look at it, and try again.`,
      store: (code: string) =>
        `The certificate cannot be kept (${code}), and is not trusted. Make room, or see to it that this account may write in the folder of MCP Gangway.`,
    },
    causes: {
      ourselves: `its URL leads back to MCP Gangway itself. Give it the URL of the server behind.`,
      circle: `its URL leads in a circle, back to a MCP Gangway that the request has passed already. Of Gangways that name each other, let one name single servers (/servers/NAME/mcp, or a group of its own) in place of /all.`,
      tls: (reason: string) =>
        `its certificate is not trusted, or it speaks no TLS on that port (${reason}). Name the certificate of its authority in NODE_EXTRA_CA_CERTS, and check http:// against https:// in the URL.`,
      noHttp1: `it speaks HTTP/2 only (TLS: no_application_protocol). Switch HTTP/1.1 on there, or in the proxy in front of it.`,
      unknownCertificate: (reason: string, fingerprint: string) =>
        `its certificate is not trusted (${reason}). Its SHA-256 fingerprint is ${fingerprint}. If the server itself shows the same, trust that certificate: mcp-gangway trust SERVER, or "tls": {"fingerprint": "…"} in its entry; else name the certificate of its authority there, as "ca", or in NODE_EXTRA_CA_CERTS.`,
      otherCertificate: (trusted: string, shown: string) =>
        `it shows another certificate than the one that is trusted, so nothing was sent to it. Trusted is the SHA-256 fingerprint ${trusted}, shown was ${shown === '' ? 'none' : shown}. If the certificate was renewed, trust the new one: mcp-gangway trust SERVER, or its fingerprint under tls; if it was not, another machine answers there.`,
      tlsFile: (files: readonly string[], code: string) =>
        files.length === 1
          ? `the file ${files[0]} that is named under tls could not be read (${code}). Correct its path, or its permissions.`
          : `one of the files ${files.join(', ')} that are named under tls could not be read (${code}). Correct it, its path, or its permissions.`,
      brokenOff: (errno: string) =>
        `it closed the connection before it answered (${errno}). It may have been restarted; try again.`,
      badAnswer: (fault: string) => `its answer is not valid HTTP: ${fault}. Check the port in its URL.`,
      status: (status: number, reason: string, seconds: number | null) =>
        `it answered ${status}${reason === '' ? '' : ` ${reason}`}. ${seconds !== null && (status === 429 || status >= 500) ? `It wants to be asked again in ${seconds} s.` : status === 429 ? 'It is asked too often: wait before you try again.' : status === 413 ? 'The message is longer than it, or a proxy in front of it, takes.' : status >= 500 ? 'It may be starting, or a proxy in front of it does not reach it; try again.' : 'Check the path in its URL.'}`,
      redirect: (to: string) =>
        to === ''
          ? `it redirects again and again. Check the path in its URL, and the proxy in front of it.`
          : `it redirects to ${to}, where its headers must not be sent. Write that address as its URL if you trust it.`,
      notMcp: (type: string) =>
        `it answered with ${type === '' ? 'no content type' : type} in place of MCP. Check the path in its URL.`,
      compressed: (coding: string) =>
        `its answer is compressed (${coding}) although we asked for none. Switch compression off in the proxy in front of it.`,
      notDecodable: (coding: string) =>
        `its answer is compressed (${coding}) although we asked for none, and cannot be decoded: it is damaged, or grows beyond all measure. Switch compression off in the proxy in front of it.`,
      tooLong: (limit: number) => `a message of its answer is over the limit of ${limit} bytes.`,
      noEndpoint: (seconds: number) =>
        `it opened an event stream, and no event came for ${seconds} s. A proxy in front of it may hold the stream back: switch buffering off there.`,
      foreignEndpoint: (to: string) =>
        `it wants messages posted to ${to}, which is another origin. Correct its public address, or use its Streamable HTTP endpoint.`,
      unanswered: (status: number) => `it took the request (${status}) and gave no answer.`,
      cut: `the stream that its answer was to come by was cut. Whether it has done what was asked is not known.`,
      sessionLost: `it has been restarted and has forgotten the session. Whether it has done what was asked is not known.`,
      networkLeft: `this machine has left the network by which it was asked. Whether it has done what was asked is not known.`,
      silent: (seconds: number) => `nothing came from it for ${seconds} s.`,
      signIn: (origin: string, why: string) =>
        `the sign-in to it could not be renewed at ${origin}, and is tried again with the next request. ${why}`,
    },
  },
  endsOlder: (server: string) =>
    `A new process of the MCP server ${server} ends the older one, and has ended one that a client was using. From now on MCP Gangway starts none of its own accord beside one in use; a second client still gets a process of its own, which ends the first client's.`,
  slowStart: (server: string, seconds: number, line: string) =>
    `The MCP server ${server} has not answered for ${seconds} s. A first start may have to download something; end the session or stop the server to give it up. ${line === '' ? 'It wrote nothing to stderr.' : `It wrote last: ${line}`}`,
  linesBetween: (lines: number) => `… ${lines} ${lines === 1 ? 'line' : 'lines'} left out …`,
  answerTooLong: (bytes: number, limit: number) =>
    `The answer of the MCP server has ${bytes} bytes, more than the limit of ${limit} bytes.`,
  requestTooLong: (bytes: number, limit: number) =>
    `The request of the MCP server has ${bytes} bytes, more than the limit of ${limit} bytes.`,
  bodyTooLong: (limit: number) => `The request body is over the limit of ${limit} bytes.`,
  bodyNoRoom: `Other messages take up the memory for messages on their way. Send this one again in a few seconds.`,
  bodyStalled: `The request body came to a halt before its end. Send it again, in one go.`,
  lineNoRoom: `The message was dropped: other messages take up the memory for messages on their way, or it came to a halt before its end. Send it again in a few seconds.`,
  noServer: (names: readonly string[]) =>
    names.length === 0
      ? `No MCP server is set up here. Start with --sse COMMAND ARGS…, or name a file of servers: --config FILE.`
      : `None of the MCP servers here is the default. Name one, as in /servers/${names[0]}/mcp, or take all of them as one: /all/mcp. There are: ${names.join(', ')}.`,
  noServerInSet: (names: readonly string[]) =>
    names.length === 0
      ? `The set that this client is limited to has no MCP server that is set up here.`
      : `Several MCP servers are in the set that this client is limited to. Name one in the address, as in …/servers/${names[0]}/mcp: ${names.join(', ')}.`,
  unknownSet: (name: string, names: readonly string[]) =>
    names.length === 0
      ? `There is no set called ${name}: no sets are set up here.`
      : `There is no set called ${name}. Sets here: ${names.join(', ')}.`,
  unknownServer: (name: string, names: readonly string[]) =>
    `There is no MCP server named ${name}. ${names.length === 0 ? 'None is set up yet.' : `There are: ${names.join(', ')}.`}`,
  strangers: {
    recorded: (names: readonly string[], servers: readonly string[]) =>
      `What messages say is to be recorded of servers that are not set up: ${names.join(', ')}. ${servers.length === 0 ? 'None is set up yet.' : `There are: ${servers.join(', ')}.`}`,
    inSet: (set: string, names: readonly string[], servers: readonly string[]) =>
      `The set ${set} names servers that are not set up: ${names.join(', ')}. ${servers.length === 0 ? 'None is set up yet.' : `There are: ${servers.join(', ')}.`}`,
  },
  stopped: (name: string) => `The MCP server ${name} is stopped.`,
  tooManyChildren: (limit: number) =>
    `All ${limit} processes for MCP servers are in use. Close a session, or raise the limit.`,
  tooManySessions: (limit: number) => `All ${limit} sessions are in use. Close one, or raise the limit.`,
  tooManyOfServer: (name: string, own: number, limit: number) =>
    `The MCP server ${name} has ${own} of the ${limit} sessions; the rest is in use or kept for other servers. Close a session, or raise the limit.`,
  backingOff: (name: string, seconds: number, last: string) =>
    `The MCP server ${name} keeps failing and is given a rest of ${seconds} s. ${last}`,
  methodNotAllowed: (allowed: string) => `Only ${allowed} can be used here.`,
  upgradeRequired: (protocol: string) =>
    `This endpoint carries bare lines: ask for it with "Connection: Upgrade" and "Upgrade: ${protocol}", or use mcp-gangway connect.`,
  lineTooLong: (bytes: number, limit: number) =>
    `The message has ${bytes} bytes, more than the limit of ${limit} bytes.`,
  tryTimedOut: (name: string, seconds: number) =>
    `The MCP server ${name} did not answer within ${seconds} s. Its first start may have to download something: try again, or look at its log.`,
  tryToolsTimedOut: (name: string, seconds: number) =>
    `The MCP server ${name} was greeted, but did not answer tools/list within ${seconds} s. Look at its log.`,
  tryToolsRefused: (name: string, reason: string) =>
    `${name} was greeted, but answers tools/list with an error${reason === '' ? '.' : `: ${reason}`}`,
  tryCancelled: (name: string) => `The attempt to start ${name} was cancelled.`,
  tryRefused: (name: string, reason: string) =>
    `${name} runs, but answers neither initialize nor tools/list: ${reason === '' ? 'it may be no MCP server' : reason}`,
  config: {
    unreadable: (file: string, code: string) => inARow(`${file} cannot be read (${code}).`, CURES[code] ?? ''),
    goOn: `The servers known before go on.`,
    noServers: `There are no servers in it: an "mcpServers" object is expected, with a name and a command for each.`,
    noServersSlip: (wrote: string, meant: string) =>
      `There are no servers in it. Did you mean ${meant} in place of ${wrote}?`,
    otherFormat: {
      empty: `The file is empty. It should hold JSON: {"mcpServers": {"name": {"command": "…"}}}.`,
      yaml: `This is YAML. The file must hold JSON: {"mcpServers": {"name": {"command": "…"}}}.`,
      toml: `This is TOML. The file must hold JSON: {"mcpServers": {"name": {"command": "…"}}}.`,
      rtf: `This is rich text (RTF). Save the file as plain text; in TextEdit: Format, Make Plain Text.`,
      html: `This is a web page. Save the JSON itself.`,
    },
    mistake: {
      comma: (found: string) => `A comma is missing before ${found}.`,
      colon: (found: string) => `A colon is missing before ${found === '' ? 'the end' : found}.`,
      name: (found: string) =>
        `A name in double quotes is expected${found === '' ? '' : `, not ${found}`}. Is a quote or a bracket missing?`,
      value: (found: string) => `A value is missing${found === '' ? '' : ` before ${found}`}.`,
      quotes: () => `Texts stand in straight double quotes: ".`,
      literal: (found: string) =>
        `${found} is no JSON value. Put a text in double quotes; write true, false and null in lower case.`,
      'unclosed-text': () => `The text that begins here has no closing quote on its line.`,
      escape: (found: string) => `${found} is no escape. Write each backslash of a path twice: C:\\\\Users.`,
      unclosed: (found: string) => `The ${found.slice(0, 1)} that opens here is never closed.`,
      bracket: (found: string) => `The bracket ${found.slice(0, 1)} does not close the one that is open.`,
      after: (found: string) => `The JSON ends before ${found}. Is there a bracket too many?`,
      deep: () => `Brackets are nested too deeply here.`,
    },
    badSets: `"sets" is to be a list of objects with "name" and "servers", each name once, and rules of "allow" and "deny" in it. No set is there until it is.`,
    badEntry: (server: string, field: string) => {
      const form = FORMS[field];
      return form === undefined
        ? `The server ${server} is left out: its ${field} is missing or of the wrong kind.`
        : `The server ${server} is left out: its ${field} must be ${form}.`;
    },
    tooLong: {
      characters: (server: string, field: string, size: number, most: number) =>
        `The server ${server} is left out: ${field} has ${size} characters, and the settings hold ${most} at most. Put the value into a file that the server reads, or shorten it.`,
      items: (server: string, field: string, size: number, most: number) =>
        `The server ${server} is left out: ${field} has ${size} items, and the settings hold ${most} at most. Put them into a file that the server reads, or take some out.`,
    },
    badLetters: (server: string, field: string) =>
      `The server ${server} is left out: ${field} has letters that the settings do not take, such as a line break. Take them out and try again.`,
    badEntrySlip: (server: string, wrote: string, meant: string) =>
      `The server ${server} is left out: it has no ${meant}. Did you mean ${meant} in place of ${wrote}?`,
    unknownKey: (server: string, wrote: string, meant: string) =>
      `${wrote} means nothing in the server ${server}. Did you mean ${meant}?`,
    unusedKey: (server: string, key: string) =>
      `MCP Gangway does not use the ${key} of the server ${server}. What the server asks for belongs into headers, certificates and authorities into tls, and a proxy into the settings of MCP Gangway (upstream).`,
    twoSources: (server: string, key: string) =>
      `The server ${server} has a command and ${key}: the command is started, and ${key} is not used. Take out the one that is not meant.`,
    secondDefault: (server: string, taken: string) =>
      `The server ${server} says "default": true, and so does ${taken}, which stands first and is the default. Leave it with one of them.`,
    badUrl: (server: string) =>
      `The server ${server} is left out: its URL must be http:// or https://, without a user name or password. Put credentials into headers.`,
    badHeader: (server: string, header: string) =>
      `The server ${server} is left out: the header ${header} cannot be given to it. Names of headers are single words, values single lines; Host, Accept, Content-Type, Mcp-… and those of the connection are set by MCP Gangway.`,
    headerFile: (server: string, file: string, code: string) =>
      `The server ${server} is left out: the file ${file} that a header takes its value from cannot be read (${code}). Correct its path, or its permissions.`,
    envFile: (server: string) =>
      `The server ${server} is left out: MCP Gangway does not read its envFile. Put those variables into env.`,
    sameName: (server: string) =>
      `The server ${server} of the file is left out: that of the command line has its name.`,
    repeated: (server: string) => `The server ${server} stands in the file more than once; the last one counts.`,
    missingVariable: (server: string, variable: string) =>
      `The server ${server} is left out: the environment variable ${variable} is not set. Set it where MCP Gangway is started, or write a default: \${${variable}:-…}.`,
  },
});

/** What is said about the sign-in to a server that is reached by a URL. */
export const signIn = () => ({
  missing: (server: string) =>
    `The MCP server ${server} asks for a sign-in; give it a token under headers, as "Authorization": "Bearer …".`,
  refused: (server: string) =>
    `The MCP server ${server} does not take the Authorization under its headers (401). The token may have expired or been revoked: put a new one there.`,
  forbidden: (server: string) =>
    `The MCP server ${server} does not allow this (403). The account or the token under headers may lack a permission, or a firewall in front of the server refuses us.`,
  needs: {
    needed: (server: string) =>
      `The MCP server ${server} asks for a sign-in. Sign in: mcp-gangway login ${server} — or give it a token under headers.`,
    again: (server: string) =>
      `The MCP server ${server} no longer takes the sign-in that it had: it has expired or was revoked. Sign in: mcp-gangway login ${server}`,
    scope: (server: string) =>
      `The MCP server ${server} asks for a permission that the sign-in does not have. Sign in: mcp-gangway login ${server}`,
  },
  faults: {
    unreachable: (origin: string, why: string) => `The authorization server at ${origin} cannot be reached: ${why}`,
    status: (origin: string, status: number) =>
      `${origin} answered ${status} in place of what the sign-in needs. Try again later.`,
    notJson: (origin: string) =>
      `${origin} answered with something other than the JSON that the sign-in needs. Check the address of the server.`,
    unsafeAddress: (server: string, origin: string) =>
      `The metadata of ${server} leads to ${origin}, which is less protected than the server itself or is this machine; it was not followed. If you trust it, name its metadata as "authServerMetadataUrl" under "oauth".`,
    notAsked: (server: string) => `The MCP server ${server} asks for no sign-in.`,
    notOffered: (server: string) =>
      `The MCP server ${server} does not say where to sign in. Give it a token under headers, or name the metadata of its authorization server as "authServerMetadataUrl" under "oauth".`,
    otherResource: (server: string, resource: string) =>
      `The metadata of ${server} is about another server, ${resource}; nothing was sent. Check the URL, or write that address as "resource" under "oauth" if you trust it.`,
    otherIssuer: (expected: string, found: string, at: string) =>
      `The metadata of the authorization server ${expected} says that it is ${found}; it was not used. That is a mistake of the server, or an attempt to mix two up. If you trust both, write ${at} as "authServerMetadataUrl" under "oauth".`,
    issuerChanged: (server: string, before: string, now: string) =>
      `The MCP server ${server} now leads to the authorization server ${now}; the client of your settings belongs to ${before}. If that is right, register there, and first run: mcp-gangway logout ${server}`,
    noEndpoint: (issuer: string, endpoint: string) =>
      `The authorization server ${issuer} has no ${endpoint}. Choose another "grantType" under "oauth".`,
    noClient: (issuer: string, redirectUri: string) =>
      `The authorization server ${issuer} registers no clients by itself. Register one there with the redirect address ${redirectUri}, and write its "clientId" under "oauth".`,
    noPkce: (issuer: string) =>
      `The authorization server ${issuer} does not say that it checks PKCE (S256), which is sent all the same. If it does not, a program that catches the address that the browser comes back to could sign in in your place.`,
    denied: (issuer: string) => `The sign-in at ${issuer} was declined.`,
    refused: (issuer: string, code: string) =>
      `The authorization server ${issuer} refused the sign-in (${code}). Try again; if it goes on, check what is under "oauth".`,
    wrongIssuer: (issuer: string) =>
      `The browser came back with an answer that is not from ${issuer}, where it was sent to; nothing of it was used. Try again.`,
    tooLate: `The sign-in took too long and was given up. Start it again.`,
    replaced: (server: string) => `Another sign-in to ${server} has begun, and this one was given up.`,
    cancelled: `The sign-in was given up.`,
    store: (file: string, code: string) =>
      `Sign-ins cannot be kept in ${file} (${code}). Make room, or see to it that this account may write there.`,
    storeTooWide: (file: string) =>
      `Other accounts may read ${file}, so its sign-ins are not used. Take that away: chmod 600 "${file}"`,
    storeLocked: (file: string) =>
      `The sign-ins in ${file} cannot be decrypted: the system does not give out their key. Unlock the keychain or keyring, and start again.`,
    notRemote: (server: string) => `${server} is a program on this machine; only a server with a URL is signed in to.`,
    byHeader: (server: string) =>
      `${server} has an Authorization under its headers, or "oauth": false; there is nothing to sign in to.`,
  },
  page: {
    done: (server: string) => `You are signed in to ${server}.`,
    failed: (server: string) => `You are not signed in to ${server}.`,
  },
});

/** What is wrong with a message, as the words that complete "The request is not valid: …" and "… is not valid HTTP: …". */
export const faults = () => ({
  request: {
    malformed: `it is not HTTP/1.1`,
    requestLine: `its first line is not an HTTP/1.1 request line`,
    target: `its target is not a valid URL`,
    emptyHost: `its URL has no host`,
    authority: `the host or the port of its URL is not valid`,
    rawTarget: `its target has bytes beyond ASCII, which must be percent-encoded (in a host name: written as xn--)`,
    missingHost: `the Host field is missing`,
    repeatedHost: `there is more than one Host field`,
    invalidHost: `its Host field is not host:port`,
    field: `one of its header fields is malformed`,
    lineEnd: `one of its lines does not end with CR LF`,
    length: `its Content-Length is not valid, repeated, or beside a Transfer-Encoding`,
    coding: `its Transfer-Encoding is something other than chunked`,
    codingInOldVersion: `HTTP/1.0 has no Transfer-Encoding`,
    chunk: `the chunks of its content are malformed`,
    cutOff: `it ends in the middle`,
    maxForwards: `its Max-Forwards field is not a number`,
  },
  answer: {
    statusLine: `it does not begin with an HTTP/1 status line`,
    field: `one of its header fields is malformed`,
    folded: `its Content-Length or Transfer-Encoding is folded over two lines`,
    lineEnd: `one of its lines holds a bare CR`,
    headTooLarge: `its head is too large`,
    length: `its Content-Length is not valid`,
    coding: `its Transfer-Encoding is something other than chunked`,
    chunk: `the chunks of its content are malformed`,
    switched: `it switches protocols though nobody asked`,
    interims: `it consists of interim (1xx) answers without end`,
  },
  cutOff: {
    sentence: (target: string) => `${target} closed the connection in the middle of its answer.`,
    hint: `The part that came was passed on, visibly incomplete. The service may have crashed, or something on the way cut the connection.`,
  },
  method: {
    sentence: () => `This proxy does not know the method of the request.`,
    hint: `Give the program this proxy as socks5h:// in place of http://: inside a tunnel every method passes.`,
  },
  tls: {
    sentence: () => `A program speaks TLS to this port, which takes http:// addresses.`,
    hint: `Give the program this port with http:// in place of https://, as a proxy too: https:// targets pass through it all the same.`,
  },
  unknownCoding: {
    sentence: () => `This proxy knows no Transfer-Encoding but chunked.`,
    hint: `Compress content with Content-Encoding instead, which passes through untouched.`,
  },
  version: {
    sentence: () => `This proxy speaks HTTP/1.0 and HTTP/1.1.`,
    hint: `Other versions pass through CONNECT.`,
  },
  expectation: {
    sentence: () => `This proxy knows no expectation but 100-continue.`,
    hint: `Send the request without the Expect field.`,
  },
});

/** How a request can break RFC 9112. */
export type RequestFault = keyof ReturnType<typeof faults>['request'];

/** How an answer can break RFC 9112. */
export type AnswerFault = keyof ReturnType<typeof faults>['answer'];

/** What the port itself says to requests that are addressed to it. */
export const gateway = () => ({
  refused: {
    host: `The Host header names no address of this machine. Use http://127.0.0.1 or add the name to the allowed hosts.`,
    origin: `Web pages of this origin may not come here. Add the origin to the allowed origins if it is yours.`,
    page: `A web page asked for this without an Origin, as images, frames and links do, and may not. If it is a program of yours, let it send "Authorization: Bearer" with any value, or its messages as application/json.`,
    navigation: `This address is for MCP clients and is not opened in a browser: a server would start each time. Give it to your MCP client; /status is for reading.`,
    token: `A token is required: send "Authorization: Bearer TOKEN".`,
    wrongToken: `This token is not accepted: it is another one, or was revoked. Copy the one for this client again, and send "Authorization: Bearer TOKEN".`,
    'reverse-proxy': `This request has come through a reverse proxy, and there is no token, so that all who reach that proxy would count as programs on this machine. Set a token (MCP_GANGWAY_TOKEN, or Settings › Access) and have each client send it as a bearer token. Where the proxy itself checks who comes in, --trust-reverse-proxy or the switch under Settings › Access does without.`,
    'content-type': `Send the message as application/json.`,
  },
  callback: {
    unknown: `No sign-in waits for this address: it has been used, or it belongs to no sign-in of this MCP Gangway.`,
    close: `You can close this window.`,
    again: `Start the sign-in again where you began it.`,
  },
  notFound: (path: string) =>
    `There is nothing at ${path}. MCP clients use /mcp or /sse; programs use this port as their proxy.`,
  methodNotAllowed: (method: string, path: string) => `${path} does not know the method ${method}.`,
});

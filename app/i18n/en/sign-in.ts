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
    otherIssuer: (expected: string, found: string) =>
      `The metadata of the authorization server ${expected} says that it is ${found}; it was not used. That is a mistake of the server, or an attempt to mix two up.`,
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

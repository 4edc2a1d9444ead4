import { findings } from '../../../finding-words.ts';

/** A server with a URL, asked by the running Gangway as a client would. `remoteSaid` is a whole sentence. */
export const remote = () =>
  findings({
    'remote-works': {
      what: ({ server }) => `${server} works: Gangway opened a session and got its tools.`,
      why: ({ remoteRevision, remoteTools }) => `It speaks MCP ${remoteRevision}. Tools: ${remoteTools}.`,
      steps: () => [],
    },
    'remote-unreachable': {
      what: ({ server, target }) => `Gangway does not reach ${server}, although Doctor reaches ${target}.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: () => [
        `If Gangway runs as an app, allow it under Privacy & Security › Local Network; what you start in Terminal needs no permission.`,
        `If an upstream proxy is set, list the host under the exceptions.`,
      ],
    },
    'remote-certificate-changed': {
      what: ({ server }) => `${server} shows another certificate than the one you trust.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: ({ server, remoteCertificate }) => [
        `Find out whether the certificate was renewed: compare ${remoteCertificate === '' ? `its fingerprint` : remoteCertificate} with what the server itself shows.`,
        `If it was, trust the new one: mcp-gangway trust ${server}, or Try in the settings.`,
        `If it was not, another machine answers in its place: leave it, and look for that machine.`,
      ],
    },
    'remote-certificate-unknown': {
      what: ({ server }) =>
        `${server} shows a certificate that no known authority has signed, so nothing is sent to it.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: ({ server, remoteCertificate }) => [
        `Compare ${remoteCertificate === '' ? `its fingerprint` : remoteCertificate} with what the server itself shows.`,
        `If they are the same, trust it: mcp-gangway trust ${server}, or Try in the settings.`,
      ],
    },
    'remote-certificate-refused': {
      what: ({ server }) => `No secure connection to ${server} can be made.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: () => [
        `Check the files that are named under tls in its entry.`,
        `Check http:// against https:// in its URL.`,
      ],
    },
    'remote-wrong-path': {
      what: ({ server }) => `${server} answers, but no MCP server is at this path.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: ({ remoteUrl }) => [
        `Check the path of ${remoteUrl}: that of Home Assistant ends in /api/mcp, others in /mcp or /sse.`,
        `On Home Assistant, add the integration “Model Context Protocol Server” first.`,
        `If a page to sign in with a browser stands in front of it, let requests with a token past it.`,
      ],
    },
    'remote-redirect': {
      what: ({ server }) => `${server} sends us on to another address, which is not followed.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: () => [`Write the other address as its URL, if it is yours.`],
    },
    'remote-http': {
      what: ({ server }) => `${server} is reached, but gives no answer that can be used.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: () => [
        `Look at the server's own log, and at that of the proxy in front of it.`,
        `Check the port in its URL.`,
      ],
    },
    'remote-sign-in-needed': {
      what: ({ server }) => `${server} wants a sign-in.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: ({ server }) => [
        `Sign in: mcp-gangway login ${server}, or Sign In… in the settings.`,
        `If it has tokens of its own, give one as the header Authorization, with “Bearer …”.`,
      ],
    },
    'remote-sign-in-ended': {
      what: ({ server }) => `The sign-in to ${server} has ended.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: ({ server }) => [
        `Sign in again: mcp-gangway login ${server}, or Sign In… in the settings.`,
        `If it ends again soon, compare the clocks of both machines.`,
      ],
    },
    'remote-scope-missing': {
      what: ({ server }) => `The sign-in to ${server} does not allow what it is asked for.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: ({ server }) => [`Sign in again and agree to what it asks for: mcp-gangway login ${server}.`],
    },
    'remote-credentials-refused': {
      what: ({ server }) => `${server} refuses the token in its entry.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: () => [
        `Make a new token on the server, and write it into the header Authorization, with “Bearer ” in front.`,
        `Check that the account of the token may use MCP.`,
      ],
    },
    'remote-forbidden': {
      what: ({ server }) => `${server} does not let Gangway in, and asks for no sign-in.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: () => [
        `Look which machines and host names the server, or the proxy in front of it, lets in.`,
        `If it has tokens of its own, give one as the header Authorization, with “Bearer …”.`,
      ],
    },
    'remote-sign-in-unavailable': {
      what: ({ server }) => `The sign-in to ${server} could not be renewed for now.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: () => [`Check that the machine where you sign in can be reached; the next call tries it again.`],
    },
    'remote-session': {
      what: ({ server }) => `${server} is reached, but no session comes about.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: () => [
        `Check its transport in the settings: some servers speak HTTP+SSE only, under /sse.`,
        `Switch off buffering in a proxy in front of it.`,
        `Look at the server's own log.`,
      ],
    },
    'remote-tools': {
      what: ({ server }) => `${server} opens a session, but does not list its tools.`,
      why: ({ remoteSaid }) => remoteSaid,
      steps: () => [`Look at the server's own log; it may wait for a device or a service behind it.`],
    },
  });

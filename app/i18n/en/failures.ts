/** What a failed connection or a refused request is called, and what a person can do about it. */
export const failures = () => ({
  unreachable: {
    sentence: (target: string) => `No route to host: ${target} cannot be reached from this machine.`,
    blockedLocally: `This machine refused the connection at once, before anything was sent. On macOS that is Local Network privacy or a security product's network extension: allow MCP Gangway in System Settings › Privacy & Security › Local Network, and start it as an app or from Terminal, never from a background service. A VPN that blocks the local network looks the same.`,
    noNeighbour: `Nobody answered at that address on the local network. Is the device switched on, is the address right, and is this machine on the same network?`,
    routed: `A router on the way says that there is no path to that address. Check the address and the VPN or the route that leads there.`,
  },
  networkDown: {
    sentence: (target: string) => `This machine has no network that leads to ${target}.`,
    hint: `Check that Wi-Fi, Ethernet or the VPN is connected.`,
  },
  hostDown: {
    sentence: (target: string) => `${target} does not answer on the local network.`,
    hint: `The device is probably off or asleep. Wake it, or check its address.`,
  },
  refused: {
    sentence: (target: string) => `${target} refused the connection.`,
    hint: `The machine is reachable, but no program listens on that port. Check the port number and that the service is running.`,
  },
  leadsNowhere: {
    sentence: (host: string) => `The address of ${host} is 0.0.0.0, which leads nowhere.`,
    hint: `A name server that filters (Pi-hole, AdGuard) answers so for names that it blocks. Allow the name there.`,
  },
  timedOut: {
    sentence: (target: string, seconds: number) => `${target} did not answer within ${seconds} s.`,
    hint: `A firewall may be dropping the connection, or the address is wrong. On Wi-Fi, the access point may keep its clients apart.`,
  },
  notFound: {
    sentence: (host: string) => `There is no address for the name ${host}.`,
    hint: `Check the spelling. A name ending in .local needs multicast DNS on this machine; a company name may need the VPN.`,
  },
  lookUpFailed: {
    sentence: (host: string) => `The name ${host} could not be looked up.`,
    hint: `No name server gave an answer. Check the network and its DNS settings, then try again.`,
  },
  notPermitted: {
    sentence: (target: string) => `The system does not permit this program to connect to ${target}.`,
    hint: `A sandbox or a firewall on this machine stopped it. Allow MCP Gangway there.`,
  },
  tooManyFiles: {
    sentence: () => `This machine has no more room for connections.`,
    hint: `The limit on open files is reached. Close tunnels that are no longer needed, or raise the limit (ulimit -n).`,
  },
  noBuffers: {
    sentence: () => `The system has no memory left for another connection.`,
    hint: `Close tunnels that are no longer needed, then try again.`,
  },
  noLocalAddress: {
    sentence: (target: string) => `The system has no local address or port for a connection to ${target}.`,
    hint: `All its ports for outgoing connections may be in use (close some connections, or wait a minute), or this machine has no address of that family (IPv6).`,
  },
  otherError: {
    sentence: (target: string, code: string) => `The connection to ${target} failed (${code}).`,
    hint: `The system gives no more than this code. Check the address, and try again.`,
  },
  brokenOff: {
    sentence: (target: string) => `${target} closed the connection before it answered.`,
    hint: `The service may have crashed, or it expects another protocol on that port (https instead of http, for example).`,
  },
  badAnswer: {
    sentence: (target: string, fault: string) => `The answer of ${target} is not valid HTTP: ${fault}.`,
    hint: `The service speaks another protocol on that port, or it is broken. Nothing of the answer was passed on.`,
  },
  parentFailed: {
    sentence: (parent: string) => `The upstream proxy ${parent} could not be used.`,
    hint: `Check the address of the upstream proxy in the settings, and whether this machine can reach it.`,
  },
  parentRefused: {
    sentence: (parent: string, target: string, status: number) =>
      `The upstream proxy ${parent} answered ${status} for ${target}.`,
    hint: `The upstream proxy does not let this connection through. The target may belong on the direct list (NO_PROXY).`,
    credentials: `It wants a user name and a password that it knows. Check those in front of the host in its address.`,
    failed: `The upstream proxy itself could not reach it. The target may belong on the direct list (NO_PROXY).`,
  },
  parentSilent: {
    sentence: (parent: string, seconds: number) => `The upstream proxy ${parent} did not answer within ${seconds} s.`,
    hint: `Check the address of the upstream proxy in the settings, and whether this machine can reach it.`,
  },
  parentClosed: {
    sentence: (parent: string) => `The upstream proxy ${parent} closed the connection without an answer.`,
    hint: `It may have crashed, or what listens there is no HTTP proxy (or one that wants https://). Check its address in the settings.`,
  },
  noProxyUnknown: (entry: string) =>
    `NO_PROXY: "${entry}" is no name, address or network, and is ignored. Written are intra.example, 192.0.2.*, 10.0.0.0/8, [fd00::]/8 or host:port.`,
  tlsFailed: {
    sentence: (peer: string, fault: string) => `No secure connection to ${peer}: ${fault}.`,
    hint: `If a company inspects TLS traffic, its certificate authority must be known to this program (NODE_EXTRA_CA_CERTS).`,
  },
  loop: {
    sentence: (target: string) => `${target} is this proxy itself.`,
    hint: `A request that leads back to the proxy would go round for ever. Add the address to NO_PROXY of the program that asked.`,
  },
  returned: {
    sentence: (target: string) => `The request for ${target} has come back to this proxy.`,
    hint: `The upstream proxy, or one behind it, names this proxy as its own upstream. Change the upstream of one of them.`,
  },
  parentLoop: {
    sentence: (parent: string, target: string) =>
      `The upstream proxy ${parent} answered 508 for ${target}: the way goes round in a circle.`,
    hint: `Two proxies name each other as upstream, or one names itself. Change the upstream of one of them.`,
  },
  portDenied: {
    sentence: (port: number) => `Connections to port ${port} are not allowed here.`,
    hint: `The port is on the list of denied ports in the settings.`,
  },
  thisMachine: {
    sentence: (target: string) =>
      `${target} is the machine of this proxy, which clients on other machines may not reach.`,
    hint: `Its services and TCP forwards are lent to other machines only if Settings › Access says so, or --lan-loopback and --lan-forwards.`,
  },
  tokenRequired: {
    sentence: () => `This proxy asks for its token.`,
    wrong: () => `This proxy does not accept this token: it is another one, or was revoked.`,
    hint: `Put the token into the proxy address as its password, with any user name.`,
  },
  badRequest: {
    sentence: (fault: string) => `The request is not valid: ${fault}.`,
    badAuthority: `CONNECT needs host:port, and nothing else`,
    connectContent: `a CONNECT request has no content`,
    hint: `The program that sent it has a fault, or it was not meant for a proxy.`,
  },
  headTooLarge: {
    sentence: (bytes: number) => `The head of the request is larger than ${bytes} bytes.`,
    hint: `Very large cookies or tokens are the usual reason.`,
  },
  headTooSlow: {
    sentence: (seconds: number) => `The head of the request did not arrive within ${seconds} s.`,
    hint: `Send the whole head at once.`,
  },
  unsupportedScheme: {
    sentence: (scheme: string) => `The proxy does not fetch ${scheme} addresses.`,
    hint: `Use http:// directly and CONNECT for everything else.`,
  },
  needsTunnel: {
    sentence: (scheme: string) =>
      `${scheme} addresses need a tunnel (CONNECT), and the program sent its request in the clear: update axios to 1.16.1 or later, or give it proxy: false and an httpsAgent from https-proxy-agent.`,
    hint: `Other programs: let them use their proxy for https with CONNECT. What was sent went no further than this proxy.`,
  },
  socks: {
    version4: `SOCKS4 is not served; use SOCKS5 (socks5h:// in most programs)`,
    malformed: `the handshake is not SOCKS5`,
    noMethod: `it offers no way to authenticate that this proxy knows`,
    badPassword: `it showed no token that is accepted here`,
    onlyConnect: `it asked for BIND or UDP, and only CONNECT is served`,
    badAddress: `the address it asked for is not valid`,
    tooSlow: `it did not finish its handshake in time`,
  },
  stopping: {
    sentence: () => `MCP Gangway is stopping.`,
    hint: `Try again once it runs.`,
  },
  internal: {
    sentence: () => `Something went wrong inside MCP Gangway.`,
    hint: `The log tells more. Please report it.`,
  },
});

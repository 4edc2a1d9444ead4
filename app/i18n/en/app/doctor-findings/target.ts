import { findings } from '../../../finding-words.ts';
import { panes } from './permission.ts';

/** What became of the connection itself. */
export const target = () =>
  findings({
    reached: {
      what: ({ target }) => `This program reaches ${target}.`,
      why: ({ address, milliseconds }) => `${address} accepted the connection after ${milliseconds} ms.`,
      steps: () => [],
    },
    'denied-here': {
      what: ({ target }) => `This machine itself refuses connections to ${target}.`,
      why: ({ errno, milliseconds }) =>
        `The connection was refused after ${milliseconds} ms (${errno}). A neighbour on the network cannot answer that quickly: a firewall rule or a blocked route on this machine does.`,
      steps: ({ host }) => [
        `Look for a rule or a route that mentions ${host} (ip route get, nft list ruleset).`,
        `A VPN that blocks the local network looks the same: disconnect it and try again.`,
      ],
    },
    'content-filter': {
      what: ({ target }) => `A security product on this machine cuts off connections to ${target}.`,
      why: ({ errno, products, router }) =>
        `${errno === '' ? `Nothing came back` : `The connection broke off (${errno})`}${
          router === '' ? '' : `, and the router ${router} is out of reach as well`
        }. ${products === '' ? `A content filter is attached to the network.` : `These programs filter the network: ${products}.`}`,
      steps: ({ products }) => [
        `Open ${products === '' ? `the security product` : products} and allow MCP Gangway to connect.`,
        `To see whether it is the one, pause it under ${panes.extensions} and run Doctor again. Turning off its shields does not stop its network extension.`,
      ],
    },
    'broken-off': {
      what: ({ target }) => `${target} broke off the connection.`,
      why: ({ errno }) => `The connection was reset (${errno}) and no content filter is known on this machine.`,
      steps: () => [
        `Check that the service runs and is not limited to certain addresses.`,
        `Look at the firewall of the device.`,
      ],
    },
    refused: {
      what: ({ target }) => `${target} refuses the connection: nothing listens on that port.`,
      why: ({ address, milliseconds, isHere }) =>
        isHere
          ? `This machine itself answered at ${address} after ${milliseconds} ms; the service does not run, or listens elsewhere.`
          : `${address} answered after ${milliseconds} ms, so the network and the permissions are fine; the service is not there.`,
      steps: ({ isHere }) => [
        `Check the port number.`,
        isHere
          ? `Start the service. If it runs in a container or a virtual machine, publish its port.`
          : `Start the service on the device, and see that it listens on its network address and not only on localhost.`,
      ],
    },
    'leads-nowhere': {
      what: ({ target, address }) => `The address of ${target} is ${address}, which leads nowhere.`,
      why: () => `A name server that filters (Pi-hole, AdGuard) answers so for names that it blocks.`,
      steps: () => [`Allow the name there.`, `If nothing filters here, correct the entry of that name.`],
    },
    'own-port': {
      what: ({ target }) => `${target} is a port of MCP Gangway itself.`,
      why: () => `It listens there for its clients, and leads nothing back to itself: that would go in circles.`,
      steps: () => [
        `Name what the server is to reach, such as nas.lan:8123.`,
        `To look at a server behind MCP Gangway, name it: mcp-gangway doctor --server NAME.`,
      ],
    },
    'other-loopback': {
      what: ({ target, elsewhere }) => `Nothing listens on ${target}, but a program does on ${elsewhere}.`,
      why: ({ address }) =>
        `${address} and that are two addresses of this machine, and the program listens on one of them only.`,
      steps: ({ target, elsewhere }) => [
        `Write ${elsewhere} in place of ${target}.`,
        `Or have the program listen on all addresses, or on this one too; many have an option --host or --bind.`,
      ],
    },
    'some-addresses': {
      what: ({ target, unreached }) => `${target} is reached, but not at each of its addresses: ${unreached} fails.`,
      why: ({ address }) =>
        `${address} answers. Programs that try one address only, or the other one first, fail or wait where this one gets through.`,
      steps: ({ address }) => [
        `Write ${address} in place of the name.`,
        `Have the service listen on IPv4 and IPv6, or take the address that does not answer out of the DNS or the hosts file.`,
      ],
    },
    'no-answer': {
      what: ({ target }) => `${target} does not answer.`,
      why: ({ address, isHere }) =>
        isHere
          ? `Nothing came back from ${address}, which is this machine: not even a refusal. A firewall on it drops the connection, or the program takes none for the moment.`
          : `Nothing came back from ${address}: not even a refusal. A firewall drops the connection, the address is wrong, or the Wi-Fi keeps its devices apart.`,
      steps: ({ isHere }) =>
        isHere
          ? [
              `See whether the program hangs or is overloaded, and start it again.`,
              `Look for a rule for that port in the firewall of this machine (nft list ruleset, pfctl -s rules).`,
            ]
          : [
              `Check the address, and that the device is switched on.`,
              `Look at the firewall of the device.`,
              `On Wi-Fi, turn off client isolation (guest networks often have it) or use a cable.`,
            ],
    },
    'host-silent': {
      what: ({ target }) => `Nobody answers at the address of ${target} on the local network.`,
      why: ({ errno, milliseconds }) =>
        `This machine asked for the device for ${milliseconds} ms and gave up (${errno}). A block by macOS would have come at once.`,
      steps: () => [
        `Switch the device on, or wake it.`,
        `Check its address: it may have got another one.`,
        `See that both are on the same network.`,
      ],
    },
    'no-path': {
      what: ({ target }) => `There is no way from here to ${target}.`,
      why: ({ address, errno, vpns }) =>
        `${address} is not on this network, and ${vpns === '' ? `a router on the way` : `the VPN (${vpns}) or a router on the way`} says that it cannot be reached (${errno}).`,
      steps: () => [`Check the address.`, `Connect the VPN that leads there, or disconnect the one that should not.`],
    },
    'not-permitted': {
      what: ({ target }) => `This program may not connect to ${target}.`,
      why: ({ errno }) =>
        `The system says ${errno}: a sandbox or a firewall on this machine stops it, not the network.`,
      steps: () => [`Allow MCP Gangway in the firewall or the sandbox.`, `Start it as an app or from Terminal.`],
    },
    'no-network': {
      what: ({ target }) => `This machine has no network that leads to ${target}.`,
      why: ({ errno }) => `The system says ${errno}: there is no route for that kind of address.`,
      steps: () => [`Connect Wi-Fi, Ethernet or the VPN.`],
    },
    'other-error': {
      what: ({ target, errno }) => `The connection to ${target} failed: ${errno}.`,
      why: ({ milliseconds }) => `The system said so after ${milliseconds} ms.`,
      steps: () => [`Copy the report and look for this error together with the name of the device.`],
    },
    'local-name': {
      what: ({ host }) => `The name ${host} is not known on this network.`,
      why: () => `Names that end in .local are asked for by multicast, on the local network and with its permission.`,
      steps: () => [
        `Check the spelling, and that the device is switched on.`,
        `On macOS, allow MCP Gangway under ${panes.localNetwork}.`,
        `Use the address of the device instead of its name.`,
      ],
    },
    'name-missing': {
      what: ({ host }) => `There is no address for the name ${host}.`,
      why: () => `The name servers of this machine know no such name.`,
      steps: () => [
        `Check the spelling.`,
        `A company name may need the VPN. Names of a home network are known to its own router only.`,
        `Use the address instead of the name.`,
      ],
    },
    'name-unanswered': {
      what: ({ host }) => `The name ${host} could not be looked up.`,
      why: () => `The name servers of this machine did not answer.`,
      steps: () => [`Check the network connection and its DNS settings.`, `Use the address instead of the name.`],
    },
  });

/** TLS and the certificate of the target. */
export const certificate = () =>
  findings({
    'speaks-tls': {
      what: ({ target }) => `${target} speaks TLS, and the address begins with http://.`,
      why: () => `A TLS handshake with it succeeds. Requests without TLS are refused there, or get no answer.`,
      steps: ({ target }) => [`Write https://${target} in place of http://${target}.`],
    },
    'speaks-http': {
      what: ({ target }) => `${target} speaks HTTP without TLS, and the address begins with https://.`,
      why: ({ tlsErrno }) => `The TLS handshake failed (${tlsErrno}), and a request without TLS was answered.`,
      steps: ({ target }) => [
        `Write http://${target} in place of https://${target}.`,
        `Or turn TLS on in the service; it may have another port for that.`,
      ],
    },
    'tls-failed': {
      what: ({ target }) => `${target} accepts connections but not a secure one.`,
      why: ({ tlsErrno }) => `The TLS handshake failed: ${tlsErrno}.`,
      steps: () => [
        `Try http:// instead of https://.`,
        `If the service is old, it may only speak outdated versions of TLS.`,
      ],
    },
    'certificate-self-signed': {
      what: ({ target }) => `${target} shows a certificate that it has signed itself.`,
      why: ({ subject }) =>
        `It is made out to “${subject}”. The connection works; programs that check certificates refuse it.`,
      steps: () => [
        `Tell the server to accept this certificate, if it has such a setting.`,
        `Node: NODE_EXTRA_CA_CERTS=file.pem. Python: SSL_CERT_FILE or REQUESTS_CA_BUNDLE.`,
      ],
    },
    'certificate-unknown': {
      what: ({ target }) => `${target} shows a certificate of an authority that is not known here.`,
      why: ({ issuer }) => `It was issued by “${issuer}”. Programs that check certificates refuse it.`,
      steps: () => [
        `Make the authority known: NODE_EXTRA_CA_CERTS=file.pem for Node, SSL_CERT_FILE for Python.`,
        `A company that inspects TLS hands out its authority.`,
      ],
    },
    'certificate-expired': {
      what: ({ target, validTo }) => `The certificate of ${target} expired on ${validTo}.`,
      why: ({ subject }) => `It is made out to “${subject}”. Programs that check certificates refuse it.`,
      steps: () => [`Renew the certificate on the device.`, `Check the date and time of this machine.`],
    },
    'certificate-early': {
      what: ({ target, validFrom }) => `The certificate of ${target} is only valid from ${validFrom}.`,
      why: () => `The clock of one of the two machines is wrong.`,
      steps: () => [`Check date and time on both.`],
    },
    'certificate-name': {
      what: ({ target }) => `The certificate of ${target} is for another name.`,
      why: ({ certificateNames, subject }) => `It is for ${certificateNames === '' ? subject : certificateNames}.`,
      steps: () => [`Use the name that the certificate is for.`],
    },
  });

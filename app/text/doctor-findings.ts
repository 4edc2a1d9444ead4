import { bilingual } from './language.ts';

/** What the sentences about a finding are made of. Empty where the facts hold nothing. */
export interface FindingFacts {
  /** `host:port`. */
  readonly target: string;
  readonly host: string;
  /** The address that was tried. */
  readonly address: string;
  readonly errno: string;
  readonly milliseconds: number;
  readonly server: string;
  readonly client: string;
  readonly program: string;
  readonly runtime: string;
  readonly runtimeErrno: string;
  /** `host:port` of the gateway. */
  readonly gateway: string;
  readonly gatewayErrno: string;
  readonly holder: string;
  readonly freePort: number;
  readonly router: string;
  /** Names of filters and security products, separated as the language does. */
  readonly products: string;
  readonly vpns: string;
  readonly copies: readonly string[];
  readonly startedBy: string;
  readonly macosBefore: string;
  readonly macosNow: string;
  readonly tlsErrno: string;
  readonly subject: string;
  readonly issuer: string;
  readonly certificateNames: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly variables: string;
}

/** A finding in words: what it is, why we think so, and what helps, in steps. */
interface FindingWords {
  what(facts: FindingFacts): string;
  why(facts: FindingFacts): string;
  steps(facts: FindingFacts): readonly string[];
}

const words = <Ids extends string>(findings: Readonly<Record<Ids, FindingWords>>): typeof findings => findings;

const PANE = `System Settings > Privacy & Security > Local Network`;
const PANE_ZH = `「系統設定 > 隱私權與安全性 > 區域網路」`;
const EXTENSIONS = `System Settings > General > Login Items & Extensions > Network Extensions`;
const EXTENSIONS_ZH = `「系統設定 > 一般 > 登入項目與延伸功能 > 網路延伸功能」`;

/** What Doctor finds. */
export const doctorFindings = bilingual(
  words({
    reached: {
      what: ({ target }) => `This program reaches ${target}.`,
      why: ({ address, milliseconds }) => `${address} accepted the connection after ${milliseconds} ms.`,
      steps: () => [],
    },
    'permission-open': {
      what: ({ target }) => `macOS has not yet let MCP Gangway into the local network, so ${target} is out of reach.`,
      why: ({ errno, milliseconds }) =>
        `The connection was refused after ${milliseconds} ms (${errno}), before anything was sent. Only macOS itself is that quick, and its question about the local network has not been answered.`,
      steps: () => [
        `Ask for the permission again with MCP Gangway in front, and answer Allow.`,
        `If no question appears, open ${PANE} and switch MCP Gangway on.`,
        `If it is not in that list, restart the Mac and ask once more.`,
      ],
    },
    'permission-denied': {
      what: ({ target }) => `macOS does not let MCP Gangway into the local network, so ${target} is out of reach.`,
      why: ({ errno, milliseconds }) =>
        `The connection was refused after ${milliseconds} ms (${errno}), before anything was sent, and the permission is switched off.`,
      steps: () => [
        `Open ${PANE} and switch MCP Gangway on.`,
        `Run Doctor again. If nothing has changed, switch it off and on once more, then restart the Mac.`,
      ],
    },
    'permission-stale': {
      what: ({ target }) =>
        `macOS lists MCP Gangway as allowed and still keeps it from the local network, so ${target} is out of reach.`,
      why: ({ errno, milliseconds }) =>
        `The connection was refused after ${milliseconds} ms (${errno}) although the permission had been given. macOS sometimes holds an outdated record, most often when there were several copies of an app.`,
      steps: ({ copies }) => [
        `Open ${PANE}, switch MCP Gangway off and on again.`,
        `Quit MCP Gangway and open it again from Applications.`,
        ...(copies.length > 1 ? [`Delete the other copies: ${copies.join(', ')}.`] : []),
        `If it still fails, restart the Mac.`,
      ],
    },
    'permission-unknown': {
      what: ({ target }) => `macOS keeps this program from the local network, so ${target} is out of reach.`,
      why: ({ errno, milliseconds }) =>
        `The connection was refused after ${milliseconds} ms (${errno}), before anything was sent. Only this Mac itself is that quick; a missing Local Network permission is the usual reason.`,
      steps: () => [
        `Open ${PANE}. If MCP Gangway is listed and off, switch it on.`,
        `If it is listed and on, switch it off and on again, then quit MCP Gangway and open it from Applications.`,
        `If it is not listed, open the app, ask for the permission there with its window in front, and answer Allow.`,
        `If nothing helps, restart the Mac.`,
      ],
    },
    'after-update': {
      what: ({ target, macosNow }) =>
        `Since the update to macOS ${macosNow}, MCP Gangway does not reach ${target} any more.`,
      why: ({ macosBefore }) =>
        `The local network was last reached under macOS ${macosBefore}. A major update rebuilds the records by which macOS recognises apps, and some permissions get lost.`,
      steps: () => [
        `Open ${PANE}, switch MCP Gangway off and on again.`,
        `If it is not in that list, ask for the permission again with MCP Gangway in front.`,
        `If it still fails, restart the Mac.`,
      ],
    },
    'blocked-for-all': {
      what: ({ target }) => `Something on this Mac keeps every program from ${target}, not just MCP Gangway.`,
      why: ({ errno, milliseconds, products, vpns }) =>
        `The connection was refused after ${milliseconds} ms (${errno}), although Doctor runs where macOS itself makes no exception. ${
          products !== ''
            ? `These programs filter the network: ${products}.`
            : vpns !== ''
              ? `A VPN is connected: ${vpns}.`
              : `A VPN or a security product is the usual reason.`
        }`,
      steps: ({ products, vpns }) => [
        ...(vpns === ''
          ? []
          : [`Disconnect ${vpns}, or allow local network traffic in its settings, and run Doctor again.`]),
        ...(products === '' ? [] : [`Pause ${products} under ${EXTENSIONS}, and run Doctor again.`]),
        `Allow connections to the local network in the product that turns out to be the one.`,
      ],
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
        `To see whether it is the one, pause it under ${EXTENSIONS} and run Doctor again. Turning off its shields does not stop its network extension.`,
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
      why: ({ address, milliseconds }) =>
        `${address} answered after ${milliseconds} ms, so the network and the permissions are fine; the service is not there.`,
      steps: () => [
        `Check the port number.`,
        `Start the service on the device, and see that it listens on its network address and not only on localhost.`,
      ],
    },
    'no-answer': {
      what: ({ target }) => `${target} does not answer.`,
      why: ({ address }) =>
        `Nothing came back from ${address}: not even a refusal. A firewall drops the connection, the address is wrong, or the Wi-Fi keeps its devices apart.`,
      steps: () => [
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
        `On macOS, allow MCP Gangway under ${PANE}.`,
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
    'client-blocked': {
      what: ({ target, server, client }) =>
        `${server === '' ? `The server` : server} cannot reach ${target} because of the way ${client === '' ? `its client` : client} starts it.`,
      why: ({ target }) =>
        `MCP Gangway reaches ${target}; the server gets “No route to host”. macOS asks for permission per program, and a server that another app starts often counts as nobody's: no question, no switch.`,
      steps: ({ client }) => [
        `Lead the server through Gangway, or let Gangway run it.`,
        `Then quit ${client === '' ? `the client` : client} completely and open it again.`,
      ],
    },
    'client-may-block': {
      what: ({ target, server, client }) =>
        `From here ${target} is in reach. If ${server} still fails, ${client} starts it without the permission for the local network.`,
      why: () => `macOS asks for permission per program. What Gangway may, a server that another app starts may not.`,
      steps: ({ client }) => [
        `Lead the server through Gangway, or let Gangway run it.`,
        `Then quit ${client} completely and open it again.`,
      ],
    },
    'name-in-child': {
      what: ({ host, server }) => `Gangway knows the name ${host}; ${server === '' ? `the server` : server} does not.`,
      why: ({ runtime }) =>
        `${runtime === '' ? `The server's runtime` : runtime} looks names up in its own way, or is not allowed to ask the local network.`,
      steps: () => [
        `Lead the server through Gangway: it then looks the name up itself.`,
        `Or write the address instead of the name into the server's settings.`,
      ],
    },
    sandboxed: {
      what: ({ server }) => `${server === '' ? `The server` : server} runs in a sandbox that forbids it to connect.`,
      why: ({ target }) => `MCP Gangway reaches ${target}; the server is told “Operation not permitted”.`,
      steps: () => [`Let Gangway run the server.`],
    },
    'proxy-ignored': {
      what: ({ server }) => `${server} is set to go through Gangway, but nothing of it arrives here.`,
      why: () =>
        `It still fails by itself, and Gangway has carried nothing since it started: the program ignores proxy settings, or it still runs with its old ones.`,
      steps: ({ client }) => [
        `Quit ${client === '' ? `the client` : client} completely and open it again.`,
        `If nothing changes, let Gangway run the server: that works whatever the program ignores.`,
      ],
    },
    'restart-server': {
      what: ({ server }) => `${server} still runs as it was started before the network was allowed.`,
      why: ({ target }) =>
        `MCP Gangway reaches ${target}; the server does not. macOS judges a process by who started it, and keeps that judgement after a restart of the app.`,
      steps: ({ server }) => [`Restart ${server}.`],
    },
    'runtime-fails': {
      what: ({ target, runtime }) => `${runtime} cannot reach ${target}, although MCP Gangway can.`,
      why: ({ program, runtimeErrno }) =>
        `${program}, started from here, got ${runtimeErrno === '' ? `no answer` : runtimeErrno}.`,
      steps: () => [
        `If a firewall or a security product asks per program, allow this one.`,
        `Lead the server through Gangway.`,
      ],
    },
    'server-missing': {
      what: ({ server, program }) => `The command of ${server} was not found: ${program}.`,
      why: () => `It is in none of the folders that servers are searched in; the report lists them.`,
      steps: () => [`Install it, or write its full path into the server's settings.`],
    },
    'apple-exempt': {
      what: ({ target }) => `Apple's own tools reach ${target}; that proves nothing for other programs.`,
      why: () =>
        `macOS exempts curl, nc and ping from its rule for the local network. Node, Python and apps are not exempt.`,
      steps: () => [`Do not test with curl; trust the probe of the server's own runtime.`],
    },
    'gateway-reaches': {
      what: ({ target }) => `${target} is in reach through Gangway as well.`,
      why: ({ gateway }) => `The gateway at ${gateway} opened a tunnel there.`,
      steps: () => [],
    },
    'gateway-blocked': {
      what: ({ target }) => `Doctor reaches ${target}, the running gateway does not.`,
      why: ({ gateway, gatewayErrno }) =>
        `The gateway at ${gateway} was refused (${gatewayErrno}). macOS lets in what Terminal starts; the app needs the permission itself.`,
      steps: () => [
        `Open ${PANE} and switch MCP Gangway on.`,
        `If it is not in that list, ask for the permission in the app.`,
      ],
    },
    'gateway-fails': {
      what: ({ target }) => `Doctor reaches ${target}, the running gateway does not.`,
      why: ({ gateway, gatewayErrno }) => `The gateway at ${gateway} answered ${gatewayErrno}.`,
      steps: () => [`Look at the log.`, `Check the upstream proxy and the denied ports in the settings.`],
    },
    'gateway-needed': {
      what: ({ server }) => `${server} is set to go through Gangway, and Gangway is not running.`,
      why: ({ gateway }) => `Nobody listens at ${gateway}.`,
      steps: () => [`Turn MCP Gangway on.`],
    },
    'gateway-off': {
      what: () => `MCP Gangway is not running.`,
      why: ({ gateway }) => `Nobody listens at ${gateway}. Servers that go through it have no network until it runs.`,
      steps: () => [`Turn it on when you need it.`],
    },
    'port-taken': {
      what: ({ gateway, holder }) =>
        `Another program has the port of MCP Gangway, ${gateway}${holder === '' ? '' : `: ${holder}`}.`,
      why: () => `It accepts connections there and is not MCP Gangway.`,
      steps: ({ freePort }) => [`Stop that program, or use another port: ${freePort} is free.`],
    },
    'token-missing': {
      what: () => `The gateway asks for its token, so the way through it was not tried.`,
      why: ({ gateway }) => `It runs at ${gateway} and answered 401 or 407.`,
      steps: () => [`Give Doctor the token as well: MCP_GANGWAY_TOKEN or --token-file.`],
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
    service: {
      what: () => `This program was started by a background service.`,
      why: ({ startedBy }) =>
        `macOS never asks on behalf of launch agents (${startedBy}), so they stay out of the local network.`,
      steps: () => [`Start MCP Gangway as an app, as a login item or from Terminal.`],
    },
    'other-app': {
      what: ({ startedBy }) => `This program was started by ${startedBy}, whose permission counts here.`,
      why: () =>
        `Only Apple's Terminal and SSH pass the permission for the local network on; the terminals of other apps do not.`,
      steps: ({ startedBy }) => [`Run Doctor from Terminal or from the app, or allow ${startedBy} under ${PANE}.`],
    },
    translocated: {
      what: () => `MCP Gangway runs from a temporary place.`,
      why: () =>
        `macOS runs an app that was downloaded and not moved from a place that changes with each start; permissions do not last.`,
      steps: () => [`Quit MCP Gangway, move it into Applications and open it from there.`],
    },
    unsigned: {
      what: () => `This copy of MCP Gangway is not signed by a known developer.`,
      why: () =>
        `macOS recognises apps by their signature. Without one, the permission for the local network is unreliable.`,
      steps: () => [`Use the released app.`],
    },
    'foreign-uuid': {
      what: () => `This copy of MCP Gangway shares its identity with other apps.`,
      why: () =>
        `macOS keeps the permission by a number in the program file, and this one's was not made for MCP Gangway. Another app's answer may stand for it.`,
      steps: () => [`Use the released app.`],
    },
    copies: {
      what: ({ copies }) => `There are ${copies.length} copies of MCP Gangway on this Mac.`,
      why: ({ copies }) => `${copies.join(', ')}. With several copies, macOS may ask the wrong one for its permission.`,
      steps: () => [`Keep the one in Applications and delete the others.`],
    },
    filter: {
      what: ({ products }) =>
        products === ''
          ? `A content filter looks at the network traffic of this Mac.`
          : `A security product looks at the network traffic of this Mac: ${products}.`,
      why: () => `If a connection breaks off or hangs, it may be the reason.`,
      steps: () => [],
    },
    vpn: {
      what: ({ vpns }) => `A VPN is connected: ${vpns}.`,
      why: () => `Some VPNs keep programs from the local network.`,
      steps: () => [],
    },
    'proxy-elsewhere': {
      what: ({ variables }) => `The environment names another proxy (${variables}).`,
      why: () => `Servers that are started from here inherit it. MCP Gangway itself ignores it.`,
      steps: () => [`If it is needed to get out, set it as the upstream proxy of MCP Gangway.`],
    },
  }),
  {
    reached: {
      what: ({ target }) => `這個程式可以連到 ${target}。`,
      why: ({ address, milliseconds }) => `${address} 在 ${milliseconds} 毫秒後接受連線。`,
      steps: () => [],
    },
    'permission-open': {
      what: ({ target }) => `macOS 尚未允許 MCP Gangway 使用區域網路，因此連不到 ${target}。`,
      why: ({ errno, milliseconds }) =>
        `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），什麼都還沒送出。只有 macOS 本身會這麼快，而且它對區域網路的詢問還沒有得到回答。`,
      steps: () => [
        `讓 MCP Gangway 在最前面，再次要求權限，並選擇「允許」。`,
        `如果沒有出現詢問，請打開${PANE_ZH}，開啟 MCP Gangway。`,
        `如果清單中沒有它，請重新啟動 Mac 後再要求一次。`,
      ],
    },
    'permission-denied': {
      what: ({ target }) => `macOS 不允許 MCP Gangway 使用區域網路，因此連不到 ${target}。`,
      why: ({ errno, milliseconds }) =>
        `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），什麼都還沒送出，而且權限已關閉。`,
      steps: () => [
        `打開${PANE_ZH}，開啟 MCP Gangway。`,
        `再執行一次檢查。如果沒有改變，請關閉後再開啟，然後重新啟動 Mac。`,
      ],
    },
    'permission-stale': {
      what: ({ target }) => `macOS 顯示已允許 MCP Gangway，卻仍然擋住區域網路，因此連不到 ${target}。`,
      why: ({ errno, milliseconds }) =>
        `雖然已經給過權限，連線仍在 ${milliseconds} 毫秒後被拒絕（${errno}）。macOS 有時會留著過期的紀錄，最常發生在同一個 App 有好幾份的時候。`,
      steps: ({ copies }) => [
        `打開${PANE_ZH}，把 MCP Gangway 關閉再開啟。`,
        `結束 MCP Gangway，再從「應用程式」檔案夾打開。`,
        ...(copies.length > 1 ? [`刪除其他幾份：${copies.join('、')}。`] : []),
        `如果仍然失敗，請重新啟動 Mac。`,
      ],
    },
    'permission-unknown': {
      what: ({ target }) => `macOS 不讓這個程式使用區域網路，因此連不到 ${target}。`,
      why: ({ errno, milliseconds }) =>
        `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），什麼都還沒送出。只有這台 Mac 本身會這麼快，通常是因為沒有「區域網路」權限。`,
      steps: () => [
        `打開${PANE_ZH}。如果清單中的 MCP Gangway 是關閉的，請開啟。`,
        `如果已經開啟，請關閉再開啟，然後結束 MCP Gangway，再從「應用程式」檔案夾打開。`,
        `如果清單中沒有它，請打開 App，讓視窗在最前面並要求權限，再選擇「允許」。`,
        `如果都沒有用，請重新啟動 Mac。`,
      ],
    },
    'after-update': {
      what: ({ target, macosNow }) => `更新到 macOS ${macosNow} 之後，MCP Gangway 就連不到 ${target} 了。`,
      why: ({ macosBefore }) =>
        `上次成功使用區域網路時是 macOS ${macosBefore}。大版本更新會重建 macOS 辨識 App 的紀錄，有些權限會因此遺失。`,
      steps: () => [
        `打開${PANE_ZH}，把 MCP Gangway 關閉再開啟。`,
        `如果清單中沒有它，請讓 MCP Gangway 在最前面，再次要求權限。`,
        `如果仍然失敗，請重新啟動 Mac。`,
      ],
    },
    'blocked-for-all': {
      what: ({ target }) => `這台 Mac 上有東西擋住所有程式連到 ${target}，不只是 MCP Gangway。`,
      why: ({ errno, milliseconds, products, vpns }) =>
        `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}），而這次檢查是在 macOS 本身不會阻擋的地方執行的。${
          products !== ''
            ? `這些程式會過濾網路：${products}。`
            : vpns !== ''
              ? `有 VPN 已連線：${vpns}。`
              : `通常是 VPN 或安全軟體造成的。`
        }`,
      steps: ({ products, vpns }) => [
        ...(vpns === '' ? [] : [`中斷 ${vpns}，或在它的設定中允許區域網路，再執行一次檢查。`]),
        ...(products === '' ? [] : [`到${EXTENSIONS_ZH}暫停 ${products}，再執行一次檢查。`]),
        `找出是哪一個產品後，在其中允許連線到區域網路。`,
      ],
    },
    'denied-here': {
      what: ({ target }) => `這台電腦本身拒絕連線到 ${target}。`,
      why: ({ errno, milliseconds }) =>
        `連線在 ${milliseconds} 毫秒後就被拒絕（${errno}）。網路上的鄰近裝置不可能回應得這麼快，是這台電腦的防火牆規則或被封鎖的路由造成的。`,
      steps: ({ host }) => [
        `尋找與 ${host} 有關的規則或路由（ip route get、nft list ruleset）。`,
        `會阻擋區域網路的 VPN 也有相同現象：請中斷後再試。`,
      ],
    },
    'content-filter': {
      what: ({ target }) => `這台電腦上的安全軟體切斷了連到 ${target} 的連線。`,
      why: ({ errno, products, router }) =>
        `${errno === '' ? `沒有任何回應` : `連線中斷（${errno}）`}${
          router === '' ? '' : `，路由器 ${router} 也連不到`
        }。${products === '' ? `網路上掛有內容過濾器。` : `這些程式會過濾網路：${products}。`}`,
      steps: ({ products }) => [
        `打開${products === '' ? `安全軟體` : ` ${products}`}，允許 MCP Gangway 連線。`,
        `要確認是不是它，請到${EXTENSIONS_ZH}暫停它，再執行一次檢查。只關閉防護並不會停止它的網路延伸功能。`,
      ],
    },
    'broken-off': {
      what: ({ target }) => `${target} 中斷了連線。`,
      why: ({ errno }) => `連線被重設（${errno}），而這台電腦上沒有已知的內容過濾器。`,
      steps: () => [`確認服務正在執行，而且沒有限制只能從特定位址連線。`, `檢查裝置的防火牆。`],
    },
    refused: {
      what: ({ target }) => `${target} 拒絕連線：該連接埠沒有程式在監聽。`,
      why: ({ address, milliseconds }) =>
        `${address} 在 ${milliseconds} 毫秒後回應，所以網路與權限都沒問題，是服務不在那裡。`,
      steps: () => [`檢查連接埠號碼。`, `在裝置上啟動服務，並確認它監聽的是網路位址，而不只是 localhost。`],
    },
    'no-answer': {
      what: ({ target }) => `${target} 沒有回應。`,
      why: ({ address }) =>
        `${address} 沒有任何回應，連拒絕都沒有。可能是防火牆丟棄了連線、位址錯誤，或 Wi-Fi 隔離了裝置。`,
      steps: () => [
        `檢查位址，並確認裝置已開機。`,
        `檢查裝置的防火牆。`,
        `使用 Wi-Fi 時，請關閉用戶端隔離（訪客網路常會開啟），或改用網路線。`,
      ],
    },
    'host-silent': {
      what: ({ target }) => `區域網路上沒有裝置回應 ${target} 的位址。`,
      why: ({ errno, milliseconds }) =>
        `這台電腦找了這個裝置 ${milliseconds} 毫秒後放棄（${errno}）。如果是 macOS 阻擋，會立刻失敗。`,
      steps: () => [`把裝置開機或喚醒。`, `檢查它的位址，可能已經換了。`, `確認兩者在同一個網路。`],
    },
    'no-path': {
      what: ({ target }) => `從這裡沒有路可以通到 ${target}。`,
      why: ({ address, errno, vpns }) =>
        `${address} 不在這個網路上，而${vpns === '' ? `途中的路由器` : ` VPN（${vpns}）或途中的路由器`}表示無法到達（${errno}）。`,
      steps: () => [`檢查位址。`, `連上通往該處的 VPN，或中斷不該使用的 VPN。`],
    },
    'not-permitted': {
      what: ({ target }) => `這個程式不能連線到 ${target}。`,
      why: ({ errno }) => `系統回報 ${errno}：是這台電腦上的沙箱或防火牆擋下，不是網路的問題。`,
      steps: () => [`在防火牆或沙箱中允許 MCP Gangway。`, `以 App 或從終端機啟動它。`],
    },
    'no-network': {
      what: ({ target }) => `這台電腦沒有能通往 ${target} 的網路。`,
      why: ({ errno }) => `系統回報 ${errno}：沒有適用於這種位址的路由。`,
      steps: () => [`連上 Wi-Fi、乙太網路或 VPN。`],
    },
    'other-error': {
      what: ({ target, errno }) => `連線到 ${target} 失敗：${errno}。`,
      why: ({ milliseconds }) => `系統在 ${milliseconds} 毫秒後回報。`,
      steps: () => [`拷貝報告，並以這個錯誤與裝置名稱搜尋。`],
    },
    'local-name': {
      what: ({ host }) => `這個網路上找不到名稱 ${host}。`,
      why: () => `以 .local 結尾的名稱是在區域網路上以多點傳送查詢的，因此需要區域網路的權限。`,
      steps: () => [
        `檢查拼字，並確認裝置已開機。`,
        `在 macOS 上，請到${PANE_ZH}允許 MCP Gangway。`,
        `改用裝置的位址，不要用名稱。`,
      ],
    },
    'name-missing': {
      what: ({ host }) => `找不到名稱 ${host} 的位址。`,
      why: () => `這台電腦的名稱伺服器不認得這個名稱。`,
      steps: () => [
        `檢查拼字。`,
        `公司內部名稱可能需要 VPN；家中網路的名稱只有自己的路由器知道。`,
        `改用位址，不要用名稱。`,
      ],
    },
    'name-unanswered': {
      what: ({ host }) => `無法查詢名稱 ${host}。`,
      why: () => `這台電腦的名稱伺服器沒有回應。`,
      steps: () => [`檢查網路連線與 DNS 設定。`, `改用位址，不要用名稱。`],
    },
    'client-blocked': {
      what: ({ target, server, client }) =>
        `${server === '' ? `伺服器` : server} 連不到 ${target}，原因是${client === '' ? `用戶端` : ` ${client} `}啟動它的方式。`,
      why: ({ target }) =>
        `MCP Gangway 可以連到 ${target}，伺服器卻得到「No route to host」。macOS 以程式為單位詢問權限，而由其他 App 啟動的伺服器常常不屬於任何人：不會詢問，也沒有開關。`,
      steps: ({ client }) => [
        `讓伺服器經由 Gangway 連線，或由 Gangway 執行它。`,
        `然後完全結束${client === '' ? `用戶端` : ` ${client}`}，再重新打開。`,
      ],
    },
    'client-may-block': {
      what: ({ target, server, client }) =>
        `從這裡可以連到 ${target}。如果 ${server} 仍然失敗，就是 ${client} 啟動它時沒有區域網路的權限。`,
      why: () => `macOS 以程式為單位詢問權限。Gangway 可以做的，由其他 App 啟動的伺服器不一定可以。`,
      steps: ({ client }) => [
        `讓伺服器經由 Gangway 連線，或由 Gangway 執行它。`,
        `然後完全結束 ${client}，再重新打開。`,
      ],
    },
    'name-in-child': {
      what: ({ host, server }) => `Gangway 認得名稱 ${host}，${server === '' ? `伺服器` : ` ${server} `}卻不認得。`,
      why: ({ runtime }) =>
        `${runtime === '' ? `伺服器的執行環境` : runtime} 以自己的方式查詢名稱，或不能詢問區域網路。`,
      steps: () => [`讓伺服器經由 Gangway 連線，由 Gangway 查詢名稱。`, `或在伺服器的設定中以位址取代名稱。`],
    },
    sandboxed: {
      what: ({ server }) => `${server === '' ? `伺服器` : server} 在不允許連線的沙箱中執行。`,
      why: ({ target }) => `MCP Gangway 可以連到 ${target}，伺服器卻得到「Operation not permitted」。`,
      steps: () => [`由 Gangway 執行這個伺服器。`],
    },
    'proxy-ignored': {
      what: ({ server }) => `${server} 已設為經由 Gangway 連線，但這裡沒有收到任何東西。`,
      why: () => `它仍然自行失敗，而 Gangway 啟動後沒有傳送過任何資料：這個程式不理會代理設定，或仍以舊的設定執行。`,
      steps: ({ client }) => [
        `完全結束${client === '' ? `用戶端` : ` ${client}`}，再重新打開。`,
        `如果沒有改變，請由 Gangway 執行這個伺服器，不論程式是否理會設定都有效。`,
      ],
    },
    'restart-server': {
      what: ({ server }) => `${server} 仍是在網路獲得允許之前啟動的那一個。`,
      why: ({ target }) =>
        `MCP Gangway 可以連到 ${target}，伺服器卻不行。macOS 依照誰啟動程序來判斷，App 重新啟動後判斷仍然不變。`,
      steps: ({ server }) => [`重新啟動 ${server}。`],
    },
    'runtime-fails': {
      what: ({ target, runtime }) => `${runtime} 連不到 ${target}，但 MCP Gangway 可以。`,
      why: ({ program, runtimeErrno }) =>
        `從這裡啟動的 ${program} ${runtimeErrno === '' ? `沒有得到回應` : `得到 ${runtimeErrno}`}。`,
      steps: () => [`如果防火牆或安全軟體會逐一詢問程式，請允許這一個。`, `讓伺服器經由 Gangway 連線。`],
    },
    'server-missing': {
      what: ({ server, program }) => `找不到 ${server} 的指令：${program}。`,
      why: () => `搜尋伺服器指令的檔案夾中都沒有它，報告中列出了這些檔案夾。`,
      steps: () => [`安裝它，或在伺服器的設定中寫出完整路徑。`],
    },
    'apple-exempt': {
      what: ({ target }) => `Apple 自己的工具可以連到 ${target}，但這不能證明其他程式也可以。`,
      why: () => `macOS 的區域網路規則不適用於 curl、nc 與 ping；Node、Python 與 App 則適用。`,
      steps: () => [`不要用 curl 測試，請以伺服器本身執行環境的結果為準。`],
    },
    'gateway-reaches': {
      what: ({ target }) => `經由 Gangway 也可以連到 ${target}。`,
      why: ({ gateway }) => `${gateway} 的閘道已建立通往該處的通道。`,
      steps: () => [],
    },
    'gateway-blocked': {
      what: ({ target }) => `檢查程式可以連到 ${target}，執行中的閘道卻不行。`,
      why: ({ gateway, gatewayErrno }) =>
        `${gateway} 的閘道被拒絕（${gatewayErrno}）。macOS 會放行由終端機啟動的程式，App 則需要自己的權限。`,
      steps: () => [`打開${PANE_ZH}，開啟 MCP Gangway。`, `如果清單中沒有它，請在 App 中要求權限。`],
    },
    'gateway-fails': {
      what: ({ target }) => `檢查程式可以連到 ${target}，執行中的閘道卻不行。`,
      why: ({ gateway, gatewayErrno }) => `${gateway} 的閘道回應 ${gatewayErrno}。`,
      steps: () => [`查看記錄。`, `檢查設定中的上游代理與拒絕的連接埠。`],
    },
    'gateway-needed': {
      what: ({ server }) => `${server} 已設為經由 Gangway 連線，但 Gangway 沒有執行。`,
      why: ({ gateway }) => `${gateway} 沒有程式在監聽。`,
      steps: () => [`開啟 MCP Gangway。`],
    },
    'gateway-off': {
      what: () => `MCP Gangway 沒有執行。`,
      why: ({ gateway }) => `${gateway} 沒有程式在監聽。經由它連線的伺服器在它執行之前都沒有網路。`,
      steps: () => [`需要時再開啟。`],
    },
    'port-taken': {
      what: ({ gateway, holder }) =>
        `MCP Gangway 的連接埠 ${gateway} 被其他程式占用${holder === '' ? '' : `：${holder}`}。`,
      why: () => `它在那裡接受連線，但不是 MCP Gangway。`,
      steps: ({ freePort }) => [`停止該程式，或改用其他連接埠：${freePort} 可以使用。`],
    },
    'token-missing': {
      what: () => `閘道需要權杖，因此沒有測試經由它的路徑。`,
      why: ({ gateway }) => `它在 ${gateway} 執行，並回應 401 或 407。`,
      steps: () => [`把權杖也交給檢查程式：MCP_GANGWAY_TOKEN 或 --token-file。`],
    },
    'tls-failed': {
      what: ({ target }) => `${target} 接受連線，但無法建立安全連線。`,
      why: ({ tlsErrno }) => `TLS 交握失敗：${tlsErrno}。`,
      steps: () => [`試試 http:// 而不是 https://。`, `如果服務很舊，可能只支援過時的 TLS 版本。`],
    },
    'certificate-self-signed': {
      what: ({ target }) => `${target} 使用自行簽署的憑證。`,
      why: ({ subject }) => `憑證對象是「${subject}」。連線可以建立，但會檢查憑證的程式會拒絕它。`,
      steps: () => [
        `如果伺服器有相關設定，請讓它接受這個憑證。`,
        `Node：NODE_EXTRA_CA_CERTS=file.pem。Python：SSL_CERT_FILE 或 REQUESTS_CA_BUNDLE。`,
      ],
    },
    'certificate-unknown': {
      what: ({ target }) => `${target} 的憑證來自這裡不認得的簽發單位。`,
      why: ({ issuer }) => `簽發者是「${issuer}」。會檢查憑證的程式會拒絕它。`,
      steps: () => [
        `讓程式認得這個簽發單位：Node 用 NODE_EXTRA_CA_CERTS=file.pem，Python 用 SSL_CERT_FILE。`,
        `會檢查 TLS 的公司會提供自己的簽發憑證。`,
      ],
    },
    'certificate-expired': {
      what: ({ target, validTo }) => `${target} 的憑證已於 ${validTo} 過期。`,
      why: ({ subject }) => `憑證對象是「${subject}」。會檢查憑證的程式會拒絕它。`,
      steps: () => [`在裝置上更新憑證。`, `檢查這台電腦的日期與時間。`],
    },
    'certificate-early': {
      what: ({ target, validFrom }) => `${target} 的憑證要到 ${validFrom} 才生效。`,
      why: () => `兩台機器中有一台的時鐘不正確。`,
      steps: () => [`檢查兩邊的日期與時間。`],
    },
    'certificate-name': {
      what: ({ target }) => `${target} 的憑證屬於另一個名稱。`,
      why: ({ certificateNames, subject }) => `它屬於 ${certificateNames === '' ? subject : certificateNames}。`,
      steps: () => [`使用憑證所屬的名稱。`],
    },
    service: {
      what: () => `這個程式是由背景服務啟動的。`,
      why: ({ startedBy }) => `macOS 不會替 launch agent（${startedBy}）詢問權限，因此它們無法使用區域網路。`,
      steps: () => [`以 App、登入項目或從終端機啟動 MCP Gangway。`],
    },
    'other-app': {
      what: ({ startedBy }) => `這個程式是由 ${startedBy} 啟動的，這裡以它的權限為準。`,
      why: () => `只有 Apple 的終端機與 SSH 會把區域網路的權限傳給所啟動的程式，其他 App 的終端機不會。`,
      steps: ({ startedBy }) => [`從終端機或 App 執行檢查，或到${PANE_ZH}允許 ${startedBy}。`],
    },
    translocated: {
      what: () => `MCP Gangway 正從暫時的位置執行。`,
      why: () => `下載後沒有移動過的 App，macOS 每次都會從不同的位置執行，因此權限無法保留。`,
      steps: () => [`結束 MCP Gangway，把它移到「應用程式」檔案夾，再從那裡打開。`],
    },
    unsigned: {
      what: () => `這一份 MCP Gangway 沒有已知開發者的簽章。`,
      why: () => `macOS 以簽章辨識 App。沒有簽章時，區域網路的權限並不可靠。`,
      steps: () => [`請使用正式發行的 App。`],
    },
    'foreign-uuid': {
      what: () => `這一份 MCP Gangway 與其他 App 共用同一個識別碼。`,
      why: () =>
        `macOS 以程式檔中的識別碼記住權限，而這一份的識別碼不是為 MCP Gangway 產生的，可能會套用其他 App 的回答。`,
      steps: () => [`請使用正式發行的 App。`],
    },
    copies: {
      what: ({ copies }) => `這台 Mac 上有 ${copies.length} 份 MCP Gangway。`,
      why: ({ copies }) => `${copies.join('、')}。有好幾份時，macOS 可能會認錯對象。`,
      steps: () => [`保留「應用程式」檔案夾中的那一份，刪除其他幾份。`],
    },
    filter: {
      what: ({ products }) =>
        products === ''
          ? `有內容過濾器在檢查這台 Mac 的網路流量。`
          : `有安全軟體在檢查這台 Mac 的網路流量：${products}。`,
      why: () => `如果連線中斷或卡住，可能就是它造成的。`,
      steps: () => [],
    },
    vpn: {
      what: ({ vpns }) => `有 VPN 已連線：${vpns}。`,
      why: () => `有些 VPN 會擋住程式使用區域網路。`,
      steps: () => [],
    },
    'proxy-elsewhere': {
      what: ({ variables }) => `環境變數指定了另一個代理（${variables}）。`,
      why: () => `從這裡啟動的伺服器會繼承它。MCP Gangway 本身不理會它。`,
      steps: () => [`如果需要它才能連外，請設為 MCP Gangway 的上游代理。`],
    },
  },
);

export type FindingId = keyof (typeof doctorFindings)['en'];

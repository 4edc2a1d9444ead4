import type * as en from '../../../en/app/doctor-findings/target.ts';
import { panes } from './permission.ts';

/** What became of the connection itself. */
export const target: typeof en.target = () => ({
  reached: {
    what: ({ target }) => `這個程式可以連到 ${target}。`,
    why: ({ address, milliseconds }) => `${address} 在 ${milliseconds} 毫秒後接受連線。`,
    steps: () => [],
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
      `要確認是不是它，請到${panes.extensions}暫停它，再執行一次檢查。只關閉防護並不會停止它的網路延伸功能。`,
    ],
  },
  'broken-off': {
    what: ({ target }) => `${target} 中斷了連線。`,
    why: ({ errno }) => `連線被重設（${errno}），而這台電腦上沒有已知的內容過濾器。`,
    steps: () => [`確認服務正在執行，而且沒有限制只能從特定位址連線。`, `檢查裝置的防火牆。`],
  },
  refused: {
    what: ({ target }) => `${target} 拒絕連線：該連接埠沒有程式在監聽。`,
    why: ({ address, milliseconds, isHere }) =>
      isHere
        ? `這台電腦自己在 ${address} 於 ${milliseconds} 毫秒後回應；服務沒有執行，或是監聽在別處。`
        : `${address} 在 ${milliseconds} 毫秒後回應，所以網路與權限都沒問題，是服務不在那裡。`,
    steps: ({ isHere }) => [
      `檢查連接埠號碼。`,
      isHere
        ? `啟動服務。如果它在容器或虛擬機器中執行，請發布它的連接埠。`
        : `在裝置上啟動服務，並確認它監聽的是網路位址，而不只是 localhost。`,
    ],
  },
  'leads-nowhere': {
    what: ({ target, address }) => `${target} 的位址是 ${address}，這個位址連不到任何地方。`,
    why: () => `會過濾的名稱伺服器（Pi-hole、AdGuard）對它封鎖的名稱會這樣回答。`,
    steps: () => [`在那裡允許這個名稱。`, `如果這裡沒有過濾，請更正這個名稱的位址。`],
  },
  'own-port': {
    what: ({ target }) => `${target} 是 MCP Gangway 自己的連接埠。`,
    why: () => `它在那裡等候用戶端，不會把連線導回自己，否則會形成迴圈。`,
    steps: () => [
      `請指定伺服器要連到的位址，例如 nas.lan:8123。`,
      `要檢查 MCP Gangway 後面的伺服器，請指定它的名稱：mcp-gangway doctor --server NAME。`,
    ],
  },
  'other-loopback': {
    what: ({ target, elsewhere }) => `${target} 沒有程式在監聽，但 ${elsewhere} 有。`,
    why: ({ address }) => `${address} 與它都是這台電腦的位址，而程式只監聽其中一個。`,
    steps: ({ target, elsewhere }) => [
      `請以 ${elsewhere} 取代 ${target}。`,
      `或讓程式監聽所有位址，或也監聽這個位址；許多程式有 --host 或 --bind 選項。`,
    ],
  },
  'some-addresses': {
    what: ({ target, unreached }) => `可以連到 ${target}，但不是每個位址都行：${unreached} 失敗。`,
    why: ({ address }) =>
      `${address} 有回應。只試一個位址、或先試另一個位址的程式，會在這裡失敗或等待，而本程式可以連上。`,
    steps: ({ address }) => [
      `請以 ${address} 取代名稱。`,
      `讓服務同時監聽 IPv4 與 IPv6，或把沒有回應的位址從 DNS 或 hosts 檔移除。`,
    ],
  },
  'no-answer': {
    what: ({ target }) => `${target} 沒有回應。`,
    why: ({ address, isHere }) =>
      isHere
        ? `這台電腦的 ${address} 沒有任何回應，連拒絕都沒有。可能是它的防火牆丟棄了連線，或程式暫時不接受連線。`
        : `${address} 沒有任何回應，連拒絕都沒有。可能是防火牆丟棄了連線、位址錯誤，或 Wi-Fi 隔離了裝置。`,
    steps: ({ isHere }) =>
      isHere
        ? [
            `確認程式是否卡住或過載，並重新啟動它。`,
            `在這台電腦的防火牆中尋找該連接埠的規則（nft list ruleset、pfctl -s rules）。`,
          ]
        : [
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
    steps: () => [`複製報告，並以這個錯誤與裝置名稱搜尋。`],
  },
  'local-name': {
    what: ({ host }) => `這個網路上找不到名稱 ${host}。`,
    why: () => `以 .local 結尾的名稱是在區域網路上以多點傳送查詢的，因此需要區域網路的權限。`,
    steps: () => [
      `檢查拼字，並確認裝置已開機。`,
      `在 macOS 上，請到${panes.localNetwork}允許 MCP Gangway。`,
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
});

/** TLS and the certificate of the target. */
export const certificate: typeof en.certificate = () => ({
  'speaks-tls': {
    what: ({ target }) => `${target} 使用 TLS，但位址以 http:// 開頭。`,
    why: () => `與它的 TLS 交握成功。不使用 TLS 的請求在那裡會被拒絕，或得不到回應。`,
    steps: ({ target }) => [`請以 https://${target} 取代 http://${target}。`],
  },
  'speaks-http': {
    what: ({ target }) => `${target} 使用沒有 TLS 的 HTTP，但位址以 https:// 開頭。`,
    why: ({ tlsErrno }) => `TLS 交握失敗（${tlsErrno}），而不使用 TLS 的請求得到了回應。`,
    steps: ({ target }) => [
      `請以 http://${target} 取代 https://${target}。`,
      `或在服務上開啟 TLS；它可能使用另一個連接埠。`,
    ],
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
    what: ({ target }) => `${target} 的憑證來自這裡不認得的憑證機構。`,
    why: ({ issuer }) => `簽發者是「${issuer}」。會檢查憑證的程式會拒絕它。`,
    steps: () => [
      `讓程式認得這個憑證機構：Node 用 NODE_EXTRA_CA_CERTS=file.pem，Python 用 SSL_CERT_FILE。`,
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
});

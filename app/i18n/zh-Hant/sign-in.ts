import type { signIn as en } from '../en/sign-in.ts';

/** What is said about the sign-in to a server that is reached by a URL. */
export const signIn: typeof en = () => ({
  missing: (server) => `MCP 伺服器 ${server} 要求登入；請在 headers 提供權杖，例如 "Authorization": "Bearer …"。`,
  refused: (server) =>
    `MCP 伺服器 ${server} 不接受 headers 中的 Authorization（401）。權杖可能已過期或被撤銷：請換上新的權杖。`,
  forbidden: (server) =>
    `MCP 伺服器 ${server} 不允許這麼做（403）。該帳號或 headers 中的權杖可能缺少權限，或它前面的防火牆拒絕了我們。`,
  needs: {
    needed: (server) => `MCP 伺服器 ${server} 要求登入。請登入：mcp-gangway login ${server}，或在 headers 提供權杖。`,
    again: (server) => `MCP 伺服器 ${server} 不再接受先前的登入：它已過期或被撤銷。請登入：mcp-gangway login ${server}`,
    scope: (server) => `MCP 伺服器 ${server} 要求目前的登入所沒有的權限。請登入：mcp-gangway login ${server}`,
  },
  faults: {
    unreachable: (origin, why) => `無法連到位於 ${origin} 的授權伺服器：${why}`,
    status: (origin, status) => `${origin} 回應 ${status}，而不是登入所需的內容。請稍後再試。`,
    notJson: (origin) => `${origin} 回應的不是登入所需的 JSON。請檢查伺服器的網址。`,
    unsafeAddress: (server, origin) =>
      `${server} 的中繼資料指向 ${origin}，它的保護不如伺服器本身，或就是這台電腦，因此沒有前往。若您信任它，請在 "oauth" 的 "authServerMetadataUrl" 填寫其中繼資料的網址。`,
    notAsked: (server) => `MCP 伺服器 ${server} 不要求登入。`,
    notOffered: (server) =>
      `MCP 伺服器 ${server} 沒有說明要在哪裡登入。請在 headers 提供權杖，或在 "oauth" 的 "authServerMetadataUrl" 填寫授權伺服器中繼資料的網址。`,
    otherResource: (server, resource) =>
      `${server} 的中繼資料說的是另一部伺服器 ${resource}；沒有送出任何內容。請檢查網址；若您信任該位址，請把它填入 "oauth" 的 "resource"。`,
    otherIssuer: (expected, found) =>
      `授權伺服器 ${expected} 的中繼資料自稱是 ${found}，因此沒有採用。這是伺服器的錯誤，或有人企圖混淆兩部伺服器。`,
    issuerChanged: (server, before, now) =>
      `MCP 伺服器 ${server} 現在指向授權伺服器 ${now}；您設定中的用戶端屬於 ${before}。若這是對的，請到新的授權伺服器註冊，並先執行：mcp-gangway logout ${server}`,
    noEndpoint: (issuer, endpoint) => `授權伺服器 ${issuer} 沒有 ${endpoint}。請在 "oauth" 改用其他 "grantType"。`,
    noClient: (issuer, redirectUri) =>
      `授權伺服器 ${issuer} 不接受自動註冊。請以重新導向位址 ${redirectUri} 在那裡註冊用戶端，並把它的 "clientId" 填入 "oauth"。`,
    noPkce: (issuer) =>
      `授權伺服器 ${issuer} 沒有表明會檢查 PKCE（S256）；我們仍會送出。若它不檢查，能攔截瀏覽器返回位址的程式就可能冒用您的登入。`,
    denied: (issuer) => `在 ${issuer} 的登入遭到拒絕。`,
    refused: (issuer, code) =>
      `授權伺服器 ${issuer} 拒絕登入（${code}）。請再試一次；若仍然如此，請檢查 "oauth" 的內容。`,
    wrongIssuer: (issuer) => `瀏覽器帶回的答覆並非來自它前往的 ${issuer}；其中的內容都沒有採用。請再試一次。`,
    tooLate: `登入時間過長，已放棄。請重新開始。`,
    replaced: (server) => `另一次登入 ${server} 已開始，這一次已放棄。`,
    cancelled: `已放棄登入。`,
    store: (file, code) => `無法把登入資料存入 ${file}（${code}）。請騰出空間，或讓這個帳號可以寫入那裡。`,
    storeTooWide: (file) => `其他帳號可以讀取 ${file}，因此不使用其中的登入資料。請收回該權限：chmod 600 "${file}"`,
    storeLocked: (file) => `無法解密 ${file} 中的登入資料：系統沒有提供金鑰。請解鎖鑰匙圈，然後重新啟動。`,
    notRemote: (server) => `${server} 是這台電腦上的程式；只有以網址連線的伺服器才需要登入。`,
    byHeader: (server) => `${server} 的 headers 中有 Authorization，或設定了 "oauth": false；沒有需要登入的地方。`,
  },
  page: {
    done: (server) => `您已登入 ${server}。`,
    failed: (server) => `您尚未登入 ${server}。`,
  },
});

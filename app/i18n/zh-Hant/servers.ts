import type { servers as en, signIn as enSignIn } from '../en/servers.ts';
import { inARow } from '../in-a-row.ts';

const RULES = `含有「allow」或「deny」（或兩者）的物件，各為名稱或樣式的清單`;
const VALUES = `由文字組成的物件，例如 {"NAME": "值"}`;
const SWITCH = ` true 或 false，不加引號`;

/** What the fields of an entry hold, for sentences about those that hold something else. */
const FORMS: Readonly<Record<string, string>> = {
  args: `由文字組成的清單，例如 ["-y", "some-package"]`,
  env: VALUES,
  headers: VALUES,
  env_http_headers: VALUES,
  spare: SWITCH,
  lanCredentials: SWITCH,
  era: ` "auto"、"legacy"、"modern" 或 "dual"`,
  type: ` "http" 或 "sse"`,
  transport: ` "http" 或 "sse"`,
  tools: RULES,
  prompts: RULES,
  resources: RULES,
  changes: ` "notice" 或 "hold"`,
};

/** What helps where a file cannot be read, by the system's name for the error. */
const CURES: Readonly<Record<string, string>> = {
  ENOENT: `沒有這個檔案：請檢查路徑。`,
  EISDIR: `這是檔案夾：請指定裡面的檔案。`,
  EACCES: `這個帳號無權讀取：請修改檔案或其檔案夾的權限。`,
  EPERM: `這個帳號無權讀取：請修改檔案或其檔案夾的權限。`,
  EFTYPE: `現在是管線或裝置：請換成一般檔案。`,
  EFBIG: `檔案超過 16 MB，內容應該不是伺服器設定：請檢查路徑。`,
};

/** What befalls MCP servers and the requests to them. */
export const servers: typeof en = () => ({
  ended: {
    exited: (server: string, code: number) => `MCP 伺服器 ${server} 已結束，結束代碼為 ${code}。`,
    killed: (server: string, signal: string) => `MCP 伺服器 ${server} 被 ${signal} 終止。`,
    closed: (server: string) => `與 MCP 伺服器 ${server} 的工作階段已關閉。`,
    lastWords: (words) => `它寫出：${words}`,
  },
  notStarted: {
    notFound: (command: string, searched: string) =>
      `找不到指令 ${command}。已搜尋：${searched}。請填寫完整路徑，或在伺服器的 env 中把所在檔案夾加入 PATH。`,
    noFile: (command, file) =>
      `找不到指令 ${command}${command === file ? '' : `：沒有 ${file} 這個檔案`}。請修正路徑，或安裝應在該處的程式。`,
    notExecutable: (file: string) => `${file} 存在但無法執行。請將它設為可執行（chmod +x）。`,
    wholeLine: (command, first) =>
      `找不到指令「${command}」：它是一整行命令。command 只填「${first}」，其餘每個字詞請各自放進 args。`,
    unexpanded: (path, what, instead) =>
      `找不到 ${path}：這裡不會展開 ${what}，只有 shell 才會。請填寫完整路徑${instead === '' ? '' : `：${instead}`}。`,
    wrapped: (command, instead) => `找不到指令 ${JSON.stringify(command)}：它的前後有引號或空白。請只寫 ${instead}。`,
    windowsPath: (command) =>
      `${command} 是 Windows 的路徑。請填寫程式在這台機器上的路徑，或只寫名稱，例如 node 或 npx。`,
    folder: (file) => `${file} 是檔案夾，不是程式。請指定其中要執行的檔案。`,
    windowsLineEnds: (file, interpreter) =>
      `${file} 使用 Windows 換行（CR LF），系統因此會尋找名為「${interpreter}\\r」的直譯器。請改存為 Unix 換行（LF）：sed -i.bak 's/\\r$//' FILE`,
    noInterpreter: (file, interpreter) =>
      `${file} 的第一行指定由 ${interpreter} 執行，但找不到它。請安裝它，或修正第一行（搬移過的 Python 環境必須重新建立）。`,
    byteOrderMark: (file) => `${file} 以位元組順序記號（BOM）開頭，系統因此看不到 #! 行。請存為不含 BOM 的 UTF-8。`,
    foreignBinary: (file, made) => `${file} 是給其他系統或處理器的程式（${made}）。請安裝適用於這台電腦的版本。`,
    badFormat: (command) =>
      `這台電腦無法執行 ${command}：它是給其他處理器的程式，或是沒有 #! 行的指令稿。請安裝適用的版本（Apple 晶片需要 Rosetta 才能執行 Intel 程式）。`,
    noDirectory: {
      missing: (cwd) => `工作目錄 ${cwd} 不存在。請建立它，或修正 cwd。`,
      unexpanded: (cwd, what, instead) =>
        `工作目錄 ${cwd} 不存在：這裡不會展開 ${what}，只有 shell 才會。請填寫完整路徑${instead === '' ? '' : `：${instead}`}。`,
      file: (cwd) => `工作目錄 ${cwd} 是檔案。請將 cwd 設為它所在的檔案夾。`,
      'not-allowed': (cwd) => `無法進入工作目錄 ${cwd}。請修改它的權限，或修改 cwd。`,
    },
    nul: (command, where) =>
      `無法啟動 ${command}：${where} 含有 NUL 字元（\\u0000），這種字元無法傳給任何程式。請將它移除。`,
    tooLong: (command, where, bytes) =>
      `無法啟動 ${command}：參數與環境變數超過系統上限（E2BIG）。最長的是 ${where}，有 ${bytes} 位元組；請改放進檔案。`,
    notAllowed: (command, code) =>
      `系統不允許執行 ${command}（${code}）。它可能被隔離、位於以 noexec 掛載的磁碟，或在這個帳號無法進入的檔案夾中。`,
    noRoom: (command, code) =>
      `無法啟動 ${command}：系統沒有空間容納另一個程序（${code}）。請結束一些程式，或提高上限（ulimit -u）。`,
    beingWritten: (command) => `無法啟動 ${command}：另一個程式正在寫入這個檔案（ETXTBSY）。請在安裝完成後再試一次。`,
    tooManyFiles: (command: string) =>
      `無法啟動 ${command}：MCP Gangway 已用完檔案描述元。請關閉一些工作階段或通道，或提高上限（ulimit -n）。`,
    refused: (command: string, code: string) => `系統拒絕啟動 ${command}（${code}）。`,
  },
  startsItself: `有一部伺服器的指令一再連回 MCP Gangway，每次都會再次啟動自己。請為那部伺服器改填背後程式的指令。`,
  remote: {
    unreachable: (server, why) => `無法連到 MCP 伺服器 ${server}：${why}`,
    refused: (server, why) => `無法使用 MCP 伺服器 ${server}：${why}`,
    ownerOnly: (server) =>
      `MCP 伺服器 ${server} 是以執行 MCP Gangway 那台電腦的擁有者的憑證連線的，因此只有那台電腦上的用戶端可以使用。若要讓其他人以該身分使用，擁有者可在它的項目中加入 "lanCredentials": true。`,
    signIn: signIn(),
    trust: {
      notRemote: (server) => `${server} 是這台電腦上的程式；只有以網址連線的伺服器才會出示憑證。`,
      noTls: (server) => `${server} 的網址不是 https，因此沒有憑證。`,
      trusted: (server) => `${server} 的憑證已受信任。`,
      noneShown: (server, why) => `${server} 沒有出示憑證：${why}`,
      changed: (server, shown) => `${server} 現在出示的是另一張憑證 ${shown}；沒有信任任何憑證。請核對後再試一次。`,
      store: (code) =>
        `無法保存這張憑證（${code}），因此沒有信任它。請騰出空間，或確認這個帳號可以寫入 MCP Gangway 的檔案夾。`,
    },
    causes: {
      ourselves: `它的網址指回 MCP Gangway 自己。請填寫背後那部伺服器的網址。`,
      circle: `它的網址形成迴圈，指回這個請求已經經過的 MCP Gangway。互相指定的 Gangway 中，請讓其中一個改為指定個別伺服器（/servers/NAME/mcp，或另設群組），不要用 /all。`,
      tls: (reason) =>
        `它的憑證不受信任，或該連接埠沒有使用 TLS（${reason}）。請以 NODE_EXTRA_CA_CERTS 指定其憑證機構的憑證，並檢查網址應為 http:// 或 https://。`,
      noHttp1: `它只支援 HTTP/2（TLS：no_application_protocol）。請在它或它前面的代理伺服器開啟 HTTP/1.1。`,
      unknownCertificate: (reason, fingerprint) =>
        `它的憑證不受信任（${reason}）。憑證的 SHA-256 指紋是 ${fingerprint}。若伺服器本身顯示相同的指紋，請信任這張憑證：執行 mcp-gangway trust 伺服器名稱，或在它的項目中填寫 "tls": {"fingerprint": "…"}；否則請在該處以 "ca"，或以 NODE_EXTRA_CA_CERTS 指定其憑證機構的憑證。`,
      otherCertificate: (trusted, shown) =>
        `它出示的憑證不是受信任的那一張，因此沒有送出任何內容。受信任的 SHA-256 指紋是 ${trusted}，出示的是 ${shown === '' ? '（無）' : shown}。若憑證已更新，請信任新的憑證：執行 mcp-gangway trust 伺服器名稱，或把新的指紋填入 tls；若沒有更新，則是另一部機器在回應。`,
      tlsFile: (files, code) => `無法讀取 tls 中指定的檔案 ${files.join('、')}（${code}）。請修正它的路徑或權限。`,
      brokenOff: (errno) => `它在回應之前關閉了連線（${errno}）。它可能剛重新啟動；請再試一次。`,
      badAnswer: (fault) => `它的回應不是有效的 HTTP：${fault}。請檢查網址中的連接埠。`,
      status: (status, reason, seconds) =>
        `它回應 ${status}${reason === '' ? '' : ` ${reason}`}。${seconds !== null && (status === 429 || status >= 500) ? `它要求 ${seconds} 秒後再試。` : status === 429 ? '請求過於頻繁：請稍候再試。' : status === 413 ? '訊息超過它或它前面的代理伺服器所接受的長度。' : status >= 500 ? '它可能正在啟動，或它前面的代理伺服器連不到它；請再試一次。' : '請檢查網址中的路徑。'}`,
      redirect: (to) =>
        to === ''
          ? `它一再重新導向。請檢查網址中的路徑，以及它前面的代理伺服器。`
          : `它重新導向到 ${to}，而它的 headers 不得送往那裡。若您信任該位址，請把網址改成它。`,
      notMcp: (type) => `它以 ${type === '' ? '沒有內容類型的內容' : type} 回應，而不是 MCP。請檢查網址中的路徑。`,
      compressed: (coding) => `我們要求不要壓縮，它的回應卻經過壓縮（${coding}）。請在它前面的代理伺服器關閉壓縮。`,
      notDecodable: (coding) =>
        `我們要求不要壓縮，它的回應卻經過壓縮（${coding}），而且無法解壓縮：內容已損壞，或解開後大得不合理。請在它前面的代理伺服器關閉壓縮。`,
      tooLong: (limit) => `它的回應中有一則訊息超過 ${limit} 位元組的上限。`,
      noEndpoint: (seconds) =>
        `它開啟了事件串流，但 ${seconds} 秒內沒有任何事件。它前面的代理伺服器可能在緩衝串流：請在那裡關閉緩衝。`,
      foreignEndpoint: (to) =>
        `它要求把訊息送到 ${to}，那是另一個來源。請修正它的公開位址，或改用它的 Streamable HTTP 端點。`,
      unanswered: (status) => `它收下了請求（${status}），卻沒有回應。`,
      cut: `傳送回應的串流中斷了。無法得知它是否已完成所要求的事。`,
      sessionLost: `它重新啟動過，已忘記這個工作階段。無法得知它是否已完成所要求的事。`,
      networkLeft: `這台電腦已離開送出請求時的網路。無法得知它是否已完成所要求的事。`,
      silent: (seconds) => `它在 ${seconds} 秒內沒有送出任何內容。`,
      signIn: (origin, why) => `無法在 ${origin} 更新它的登入，下一個請求會再試一次。${why}`,
    },
  },
  endsOlder: (server) =>
    `MCP 伺服器 ${server} 的新程序會結束較舊的程序，剛才結束了用戶端正在使用的一個。從現在起，MCP Gangway 不會在使用中的程序旁自行啟動另一個；第二個用戶端仍會得到自己的程序，而那會結束第一個用戶端的程序。`,
  slowStart: (server, seconds, line) =>
    `MCP 伺服器 ${server} 已有 ${seconds} 秒沒有回應。第一次啟動可能需要下載；若要放棄，請結束工作階段或停止這個伺服器。${line === '' ? '它沒有寫任何內容到 stderr。' : `它最後寫出：${line}`}`,
  linesBetween: (lines: number) => `… 略去 ${lines} 行 …`,
  answerTooLong: (bytes: number, limit: number) => `MCP 伺服器的回應有 ${bytes} 位元組，超過 ${limit} 位元組的上限。`,
  requestTooLong: (bytes: number, limit: number) => `MCP 伺服器的請求有 ${bytes} 位元組，超過 ${limit} 位元組的上限。`,
  bodyTooLong: (limit: number) => `請求內容超過 ${limit} 位元組的上限。`,
  bodyNoRoom: `其他訊息已用完傳送中訊息的記憶體。請過幾秒再送出這則訊息。`,
  bodyStalled: `請求內容在送完之前就停住了。請重新一次送完。`,
  lineNoRoom: `這則訊息已被丟棄：其他訊息已用完傳送中訊息的記憶體，或它在送完之前就停住了。請過幾秒再送出。`,
  noServer: (names) =>
    names.length === 0
      ? `這裡尚未設定 MCP 伺服器。請以 --sse 指令 參數… 啟動，或指定伺服器的檔案：--config FILE。`
      : `這裡的 MCP 伺服器都不是預設伺服器。請指定其中一個，例如 /servers/${names[0]}/mcp，或把全部當成一個使用：/all/mcp。現有：${names.join('、')}。`,
  noServerInSet: (names) =>
    names.length === 0
      ? `這個用戶端所限定的組合中，沒有任何在這裡設定的 MCP 伺服器。`
      : `這個用戶端所限定的組合中有多個 MCP 伺服器。請在位址中指定其中一個，例如 …/servers/${names[0]}/mcp：${names.join('、')}。`,
  unknownSet: (name, names) =>
    names.length === 0
      ? `沒有名為 ${name} 的組合：這裡沒有設定任何組合。`
      : `沒有名為 ${name} 的組合。這裡的組合有：${names.join('、')}。`,
  unknownServer: (name, names) =>
    `沒有名為 ${name} 的 MCP 伺服器。${names.length === 0 ? '目前尚未設定任何伺服器。' : `現有的伺服器：${names.join('、')}。`}`,
  strangers: {
    recorded: (names, servers) =>
      `要記錄訊息內容的伺服器尚未設定：${names.join('、')}。${servers.length === 0 ? '尚未設定任何伺服器。' : `現有伺服器：${servers.join('、')}。`}`,
    inSet: (set, names, servers) =>
      `組合 ${set} 中有未設定的伺服器：${names.join('、')}。${servers.length === 0 ? '尚未設定任何伺服器。' : `現有伺服器：${servers.join('、')}。`}`,
  },
  stopped: (name: string) => `MCP 伺服器 ${name} 已停止。`,
  tooManyChildren: (limit: number) => `MCP 伺服器的 ${limit} 個程序都在使用中。請關閉一個工作階段，或提高上限。`,
  tooManySessions: (limit: number) => `${limit} 個工作階段都在使用中。請關閉一個，或提高上限。`,
  tooManyOfServer: (name, own, limit) =>
    `MCP 伺服器 ${name} 已有 ${limit} 個工作階段中的 ${own} 個；其餘的都在使用中，或保留給其他伺服器。請關閉一個工作階段，或提高上限。`,
  backingOff: (name: string, seconds: number, last: string) =>
    `MCP 伺服器 ${name} 一再失敗，先暫停 ${seconds} 秒。${last}`,
  methodNotAllowed: (allowed: string) => `這裡只能使用 ${allowed}。`,
  upgradeRequired: (protocol) =>
    `這個端點直接傳送逐行訊息：請以「Connection: Upgrade」與「Upgrade: ${protocol}」要求，或使用 mcp-gangway connect。`,
  lineTooLong: (bytes, limit) => `訊息有 ${bytes} 位元組，超過 ${limit} 位元組的上限。`,
  tryTimedOut: (name, seconds) =>
    `MCP 伺服器 ${name} 在 ${seconds} 秒內沒有回應。第一次啟動可能需要下載：請再試一次，或查看它的記錄。`,
  tryToolsTimedOut: (name, seconds) =>
    `MCP 伺服器 ${name} 回應了問候，但沒有在 ${seconds} 秒內回應 tools/list。請查看它的記錄。`,
  tryToolsRefused: (name, reason) =>
    `${name} 回應了問候，但對 tools/list 回應錯誤${reason === '' ? '。' : `：${reason}`}`,
  tryCancelled: (name) => `已取消啟動 ${name} 的嘗試。`,
  tryRefused: (name, reason) =>
    `${name} 已執行，但不回應 initialize 也不回應 tools/list：${reason === '' ? '它可能不是 MCP 伺服器' : reason}`,
  config: {
    unreadable: (file, code) => inARow(`無法讀取 ${file}（${code}）。`, CURES[code] ?? ''),
    goOn: `原有的伺服器會繼續運作。`,
    noServers: `裡面沒有伺服器：應有「mcpServers」物件，並為每部伺服器寫明名稱與 command。`,
    noServersSlip: (wrote, meant) => `裡面沒有伺服器。${wrote} 是不是應為 ${meant}？`,
    otherFormat: {
      empty: `檔案是空的。內容應為 JSON：{"mcpServers": {"名稱": {"command": "…"}}}。`,
      yaml: `這是 YAML。檔案內容必須是 JSON：{"mcpServers": {"名稱": {"command": "…"}}}。`,
      toml: `這是 TOML。檔案內容必須是 JSON：{"mcpServers": {"名稱": {"command": "…"}}}。`,
      rtf: `這是 RTF 格式。請將檔案存成純文字；在「文字編輯」中選擇「格式」›「製作純文字格式」。`,
      html: `這是網頁。請儲存 JSON 本身。`,
    },
    mistake: {
      comma: (found) => `${found} 前面缺少逗號。`,
      colon: (found) => `${found === '' ? '結尾' : found} 前面缺少冒號。`,
      name: (found) => `這裡應為以雙引號括住的名稱${found === '' ? '' : `，而不是 ${found}`}。是否少了引號或括號？`,
      value: (found) => `${found === '' ? '這裡' : `${found} 前面`}缺少值。`,
      quotes: () => `文字要以半形直式雙引號 " 括住。`,
      literal: (found) => `${found} 不是 JSON 的值。文字請加上雙引號；true、false 與 null 請用小寫。`,
      'unclosed-text': () => `從這裡開始的文字在同一行沒有結尾的引號。`,
      escape: (found) => `${found} 不是跳脫序列。路徑中的每個反斜線都要寫兩次：C:\\\\Users。`,
      unclosed: (found) => `這裡開始的 ${found.slice(0, 1)} 沒有對應的結尾。`,
      bracket: (found) => `括號 ${found.slice(0, 1)} 與尚未結束的括號不符。`,
      after: (found) => `JSON 在 ${found} 之前就結束了。是否多了一個括號？`,
      deep: () => `這裡的括號層數太多。`,
    },
    badSets: `「sets」應是由含有「name」與「servers」的物件組成的清單，名稱不可重複，其中的規則只有「allow」與「deny」。在修正之前沒有任何組合。`,
    badEntry: (server: string, field: string) => {
      const form = FORMS[field];
      return form === undefined
        ? `已略過伺服器 ${server}：缺少 ${field}，或其類型不正確。`
        : `已略過伺服器 ${server}：${field} 必須是${form}。`;
    },
    tooLong: {
      characters: (server, field, size, most) =>
        `已略過伺服器 ${server}：${field} 有 ${size} 個字元，而設定最多只能存 ${most} 個。請把值放進伺服器會讀取的檔案，或縮短它。`,
      items: (server, field, size, most) =>
        `已略過伺服器 ${server}：${field} 有 ${size} 個項目，而設定最多只能存 ${most} 個。請把它們放進伺服器會讀取的檔案，或刪去一些。`,
    },
    badLetters: (server, field) => `已略過伺服器 ${server}：${field} 含有設定無法接受的字元，例如換行。請刪除後再試。`,
    badEntrySlip: (server, wrote, meant) => `已略過伺服器 ${server}：缺少 ${meant}。${wrote} 是不是應為 ${meant}？`,
    unknownKey: (server, wrote, meant) => `伺服器 ${server} 的 ${wrote} 沒有作用。是不是應為 ${meant}？`,
    unusedKey: (server, key) =>
      `MCP Gangway 不會使用伺服器 ${server} 的 ${key}。伺服器要求的驗證資訊請寫在 headers 裡，憑證與憑證機構寫在 tls 裡，代理則在 MCP Gangway 的設定（upstream）中指定。`,
    twoSources: (server, key) =>
      `伺服器 ${server} 同時有 command 與 ${key}：會啟動 command，不使用 ${key}。請刪去不需要的那一個。`,
    secondDefault: (server, taken) =>
      `伺服器 ${server} 與 ${taken} 都寫了 "default": true；${taken} 寫在前面，因此是預設伺服器。請只保留其中一個。`,
    badUrl: (server) =>
      `已略過伺服器 ${server}：它的網址必須是 http:// 或 https://，且不含使用者名稱或密碼。請把帳號密碼或權杖放進 headers。`,
    badHeader: (server, header) =>
      `已略過伺服器 ${server}：無法使用標頭 ${header}。標頭名稱是單一字詞，值是單行；Host、Accept、Content-Type、Mcp-… 以及與連線有關的標頭由 MCP Gangway 設定。`,
    headerFile: (server, file, code) =>
      `已略過伺服器 ${server}：無法讀取標頭取值的檔案 ${file}（${code}）。請修正它的路徑或權限。`,
    envFile: (server) => `已略過伺服器 ${server}：MCP Gangway 不會讀取它的 envFile。請把這些變數寫在 env 裡。`,
    sameName: (server: string) => `已略過檔案中的伺服器 ${server}：命令列的伺服器已使用這個名稱。`,
    repeated: (server) => `檔案中有多部名為 ${server} 的伺服器；以最後一部為準。`,
    missingVariable: (server: string, variable: string) =>
      `已略過伺服器 ${server}：環境變數 ${variable} 沒有設定。請在啟動 MCP Gangway 的環境中設定它，或寫明預設值：\${${variable}:-…}。`,
  },
});

/** What is said about the sign-in to a server that is reached by a URL. */
const signIn: typeof enSignIn = () => ({
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
    otherIssuer: (expected, found, at) =>
      `授權伺服器 ${expected} 的中繼資料自稱是 ${found}，因此沒有採用。這是伺服器的錯誤，或有人企圖混淆兩部伺服器。若您信任這兩者，請把 ${at} 填入 "oauth" 的 "authServerMetadataUrl"。`,
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

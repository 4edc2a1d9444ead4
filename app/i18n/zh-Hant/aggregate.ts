import type { aggregate as en } from '../en/aggregate.ts';

export const aggregate: typeof en = () => ({
  title: {
    all: `MCP Gangway：所有伺服器`,
    group: (name) => `MCP Gangway：${name}`,
  },
  instructions: {
    names: (servers) =>
      `這是 MCP Gangway，將多個 MCP 伺服器合併在一個位址。每個工具與提示的名稱都以所屬伺服器開頭，下方的說明省略了這個部分：${servers.map(({ name, alias }) => `${name} 的名稱為 ${alias}__NAME`).join('、')}。名稱中的連字號與句點會改為 _；過長的名稱會截短，並以代碼結尾。`,
    absent: (servers) => `目前無法使用：\n${servers.map(({ name, why }) => `- ${name}：${why}`).join('\n')}`,
  },
  silent: (server) => `MCP 伺服器 ${server} 尚未回應。它回應後會加入所提供的項目。`,
  refused: (server, reason) => `MCP 伺服器 ${server} 拒絕了交握。${reason === '' ? '' : `它回覆：${reason}`}`,
  staleCursor: `參數無效：這個 cursor 所屬的清單已變更，或不屬於任何清單。請不帶 cursor 重新開始。`,
  noName: `參數無效：缺少 name。`,
  noAddress: `參數無效：缺少 uri。`,
  noTool: (name, near) => `未知的工具：${name}。${near.length === 0 ? '' : `您是指 ${near.join('、')} 嗎？`}`,
  noPrompt: (name, near) => `未知的提示：${name}。${near.length === 0 ? '' : `您是指 ${near.join('、')} 嗎？`}`,
  noResource: (uri) => `找不到資源：${uri}。沒有任何伺服器列出它，也沒有符合的範本。`,
  ambiguous: (uri, servers) =>
    `有多個伺服器提供 ${uri}：${servers.join('、')}。請在所要的伺服器的位址 /servers/NAME/mcp 讀取。`,
  noServers: `這裡沒有設定任何 MCP 伺服器。請在設定或 --config 檔案中加入。`,
  noneInSet: `這個位址的伺服器都不在您所用的組合裡。請在設定中把伺服器加入該組合。`,
  unknownGroup: (name, names) =>
    `沒有名為 ${name} 的群組。${names.length === 0 ? '尚未設定任何群組。' : `現有群組：${names.join('、')}。`}所有伺服器合在一起的位址是 /all/mcp。`,
  strangers: (group, servers) => `群組 ${group} 中有未設定的伺服器，已略過：${servers.join('、')}`,
});

/** Where macOS keeps what is talked about, in the words of System Settings. */
export const panes = {
  localNetwork: `「系統設定 > 隱私權與安全性 > 區域網路」`,
  extensions: `「系統設定 > 一般 > 登入項目與延伸功能 > 網路延伸功能」`,
} as const;

import type { toolChanges as en } from '../../en/app/tool-changes.ts';

export const toolChanges: typeof en = () => ({
  kinds: { new: `新的`, changed: `已變更`, gone: `不再列出` },
  held: `已保留`,
  severity: { low: `影響輕微`, medium: `值得查看`, high: `核准前請仔細查看` },
  parts: {
    title: `標題`,
    description: `說明`,
    inputSchema: `輸入 schema`,
    outputSchema: `輸出 schema`,
    annotations: `註記`,
    execution: `呼叫方式`,
    _meta: `給用戶端的資料（_meta）`,
  },
  signs: {
    ambiguous: `用戶端可能會有不同的解讀。`,
    'does-more': `它聲稱比以前做得更多。`,
    'asks-less': `它聲稱比以前做得更少，用戶端呼叫前可能不再詢問。`,
    'hidden-characters': `文字中有看不見的字元。`,
    'secret-places': `文字中提到存放機密的位置。`,
    secrecy: `文字要求對您隱瞞某些事。`,
    instructions: `文字指示模型做其他的事。`,
  },
  notKept: `只知道內容不同：文字太長而未保留、含有機密，或可以有不同的解讀。`,
  waiting: (count, held) =>
    `${count} 個工具與核准時不同${held === 0 ? '' : held === count ? '，已保留' : `，其中 ${held} 個已保留`}。`,
  note: (count, held) => (held > 0 ? `已保留 ${held} 個工具` : `${count} 個工具有變更`),
  label: `有變更的工具`,
  differs: (name) => `${name} 的差異`,
  approve: `核准`,
  approveOne: (name) => `核准 ${name}`,
  approveAll: `全部核准`,
  changedAgain: (names) => `檢視之後又有變更，尚未核准：${names.join('、')}`,
  mode: {
    label: `工具變更時`,
    hint: `保留的工具在您核准之前既不列出也無法呼叫。這個選擇在儲存後生效，核准則立即生效。`,
    words: { notice: `顯示變更，照常提供`, hold: `先保留` },
  },
  commandLine: {
    held: `保留`,
    look: (command) => `查看變更的內容：${command}`,
    none: (server) => `${server} 的所有工具都與核准時相同。`,
    toApprove: (command) => `核准：${command}`,
    approved: (names) => `已核准：${names.join('、')}。`,
    different: (names, command) => `以下工具又有變更，尚未核准：${names.join('、')}。請查看：${command}`,
    notWaiting: (server, name) => `${server} 沒有名為 ${name} 的工具等待核准。`,
  },
});

import { type Declared, readDeclarations } from './declarations.ts';

/** The types of electron.d.ts that have a counterpart here. */
export const simulatedTypes = [
  'App',
  'AutoUpdater',
  'BrowserWindow',
  'ClientRequest',
  'Clipboard',
  'CommandLine',
  'Dialog',
  'Dock',
  'IpcMain',
  'Menu',
  'MenuItem',
  'NativeImage',
  'NativeTheme',
  'Net',
  'Notification',
  'PowerMonitor',
  'Protocol',
  'Screen',
  'Session',
  'Shell',
  'SystemPreferences',
  'Tray',
  'WebContents',
  'WebFrameMain',
  'WebRequest',
] as const;

export type SimulatedType = (typeof simulatedTypes)[number];

const words = { method: 'methods', static: 'statics', property: 'properties', event: 'events' } as const;

type Word = keyof typeof words;

const none: Declared = { methods: [], statics: [], properties: [], events: [] };

/** One line a member, `Tray method setImage`, so that an upgrade of Electron reads as a plain difference. */
export function formatTable(declarations: string): string {
  const types = readDeclarations(declarations);
  const lines = simulatedTypes.flatMap((type) => {
    const declared = types.get(type);
    if (declared === undefined) throw new Error(`electron.d.ts declares no type ${type}`);
    return Object.entries(words).flatMap(([word, kind]) => declared[kind].map((name) => `${type} ${word} ${name}`));
  });
  return `${lines.join('\n')}\n`;
}

/** The opposite of formatTable. */
export function parseTable(text: string): ReadonlyMap<string, Declared> {
  const types = new Map<string, Declared>();
  for (const line of text.split('\n').filter(Boolean)) {
    const [type = '', word = '', name = ''] = line.split(' ');
    if (!isWord(word)) throw new Error(`members.txt: cannot read the line '${line}'`);
    const known = types.get(type) ?? none;
    types.set(type, { ...known, [words[word]]: [...known[words[word]], name] });
  }
  return types;
}

function isWord(text: string): text is Word {
  return Object.hasOwn(words, text);
}

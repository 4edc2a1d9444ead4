import type * as Electron from 'electron';

type Template = readonly Electron.MenuItemConstructorOptions[];
type RoleName = Lowercase<NonNullable<Electron.MenuItemConstructorOptions['role']>>;

/** What a role gives its menu item, and what it does when a person picks it. */
export interface Role {
  readonly label: string | ((appName: string) => string);
  readonly accelerator?: string;
  readonly submenu?: Template;
  /** Only these have an effect here; AppKit runs the others on the focused text field or window. */
  readonly effect?: 'quit' | 'close';
}

const separator = { type: 'separator' } as const;

/** All roles electron.d.ts knows: one that is added or dropped there no longer compiles here. */
const roles: Readonly<Record<RoleName, Role>> = {
  about: { label: (app) => `About ${app}` },
  clearrecentdocuments: { label: 'Clear Recent' },
  close: { label: 'Close Window', accelerator: 'Command+W', effect: 'close' },
  copy: { label: 'Copy', accelerator: 'Command+C' },
  cut: { label: 'Cut', accelerator: 'Command+X' },
  delete: { label: 'Delete' },
  forcereload: { label: 'Force Reload' },
  front: { label: 'Bring All to Front' },
  help: { label: 'Help' },
  hide: { label: (app) => `Hide ${app}`, accelerator: 'Command+H' },
  hideothers: { label: 'Hide Others', accelerator: 'Command+Alt+H' },
  mergeallwindows: { label: 'Merge All Windows' },
  minimize: { label: 'Minimize', accelerator: 'Command+M' },
  movetabtonewwindow: { label: 'Move Tab to New Window' },
  paste: { label: 'Paste', accelerator: 'Command+V' },
  pasteandmatchstyle: { label: 'Paste and Match Style' },
  quit: { label: (app) => `Quit ${app}`, accelerator: 'Command+Q', effect: 'quit' },
  recentdocuments: { label: 'Open Recent', submenu: [] },
  redo: { label: 'Redo', accelerator: 'Shift+Command+Z' },
  reload: { label: 'Reload' },
  resetzoom: { label: 'Actual Size' },
  selectall: { label: 'Select All', accelerator: 'Command+A' },
  selectnexttab: { label: 'Show Next Tab' },
  selectprevioustab: { label: 'Show Previous Tab' },
  services: { label: 'Services', submenu: [] },
  sharemenu: { label: 'Share', submenu: [] },
  showalltabs: { label: 'Show All Tabs' },
  showsubstitutions: { label: 'Show Substitutions' },
  startspeaking: { label: 'Start Speaking' },
  stopspeaking: { label: 'Stop Speaking' },
  toggledevtools: { label: 'Toggle Developer Tools' },
  togglefullscreen: { label: 'Toggle Full Screen' },
  togglesmartdashes: { label: 'Smart Dashes' },
  togglesmartquotes: { label: 'Smart Quotes' },
  togglespellchecker: { label: 'Check Spelling While Typing' },
  toggletabbar: { label: 'Toggle Tab Bar' },
  toggletextreplacement: { label: 'Text Replacement' },
  undo: { label: 'Undo', accelerator: 'Command+Z' },
  unhide: { label: 'Show All' },
  window: { label: 'Window', submenu: [] },
  zoom: { label: 'Zoom' },
  zoomin: { label: 'Zoom In' },
  zoomout: { label: 'Zoom Out' },
  appmenu: {
    label: (app) => app,
    submenu: [
      { role: 'about' },
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  },
  filemenu: { label: 'File', submenu: [{ role: 'close' }] },
  editmenu: {
    label: 'Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'delete' },
      { role: 'selectAll' },
    ],
  },
  viewmenu: {
    label: 'View',
    submenu: [
      { role: 'reload' },
      { role: 'forceReload' },
      { role: 'toggleDevTools' },
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
    ],
  },
  windowmenu: { label: 'Window', submenu: [{ role: 'minimize' }, { role: 'zoom' }, separator, { role: 'front' }] },
};

/** The role of that name in any spelling, or undefined when there is none. */
export function findRole(name: string): Role | undefined {
  const spelled = name.toLowerCase();
  return isRoleName(spelled) ? roles[spelled] : undefined;
}

function isRoleName(name: string): name is RoleName {
  return Object.hasOwn(roles, name);
}

import './style/index.css';
import { render } from 'preact';
import { ClientsWindow } from './clients-window/index.ts';
import { DoctorWindow } from './doctor/index.ts';
import { Logs } from './logs/index.ts';
import { Popover } from './popover/index.ts';
import { SettingsWindow } from './settings/index.ts';
import { follow } from './shared/store.ts';
import { Welcome } from './welcome/index.ts';

/** The windows by the name behind the `#` of the page's address. */
const windows = {
  popover: Popover,
  settings: SettingsWindow,
  logs: Logs,
  welcome: Welcome,
  clients: ClientsWindow,
  doctor: DoctorWindow,
} as const;

const name = location.hash.slice(1);
if (!isWindow(name)) throw new Error(`There is no window named '${name}'`);
const Window = windows[name];
document.documentElement.dataset['window'] = name;
void follow().then(() => render(<Window />, document.body));

function isWindow(wanted: string): wanted is keyof typeof windows {
  return Object.hasOwn(windows, wanted);
}

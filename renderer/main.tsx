import './style/index.css';
import { render } from 'preact';
import { ActivityWindow } from './activity/activity-window.tsx';
import { ClientsWindow } from './clients-window/clients-window.tsx';
import { DoctorWindow } from './doctor/doctor-window.tsx';
import { Logs } from './logs/logs.tsx';
import { Popover } from './popover/popover.tsx';
import { SettingsWindow } from './settings/settings-window.tsx';
import { ignoreSecondClicks } from './shared/double-click.ts';
import { keepFocus } from './shared/keep-focus.ts';
import { follow } from './shared/store.ts';
import { Welcome } from './welcome/welcome.tsx';

/** The windows by the name behind the `#` of the page's address. */
const windows = {
  popover: Popover,
  settings: SettingsWindow,
  logs: Logs,
  activity: ActivityWindow,
  welcome: Welcome,
  clients: ClientsWindow,
  doctor: DoctorWindow,
} as const;

const name = location.hash.slice(1);
if (!isWindow(name)) throw new Error(`There is no window named '${name}'`);
const Window = windows[name];
document.documentElement.dataset['window'] = name;
keepFocus();
ignoreSecondClicks();
void follow().then(() => render(<Window />, document.body));

function isWindow(wanted: string): wanted is keyof typeof windows {
  return Object.hasOwn(windows, wanted);
}

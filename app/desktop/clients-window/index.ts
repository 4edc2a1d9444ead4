/** The servers of clients as the windows and the command line show and change them, without the rest of the app. */
export { clientApps, clientLogs } from './client-apps.ts';
export { ClientSetup, type ClientSetupContext } from './client-setup.ts';
export { changeTrouble } from './preview.ts';

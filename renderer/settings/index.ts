export { SettingsWindow } from './settings-window.tsx';

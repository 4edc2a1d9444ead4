export { ClientsWindow } from './clients-window.tsx';

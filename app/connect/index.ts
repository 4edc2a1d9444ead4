export { type Announced, announce } from './announce.ts';
export {
  type Address,
  type Announcement,
  appFolder,
  type Person,
  type Place,
  reachable,
  readAnnouncement,
  writeAnnouncement,
} from './discovery-file.ts';
export { type AppPlaces, shimCommand } from './installed.ts';
export { unavailable } from './reasons.ts';
export { startApp } from './start-app.ts';
export { SHIM_TIMES, StdioProxy, type StdioProxyOptions, type StdioProxyTimes } from './stdio-proxy.ts';
export { byControl, byPort, type Dial } from './transport.ts';

export {
  type Address,
  type Announced,
  type Announcement,
  announce,
  type Place,
  reachable,
  readAnnouncement,
  writeAnnouncement,
} from './discovery-file.ts';
export { type AppPlaces, shimCommand, startApp } from './installed-app.ts';
export { SHIM_TIMES, StdioProxy, type StdioProxyOptions, type StdioProxyTimes } from './stdio-proxy.ts';
export { byControl, byPort, type Dial, unavailable } from './transport.ts';

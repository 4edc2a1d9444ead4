export { type Announced, announce } from './announce.ts';
export { type AppPlaces, shimCommand } from './installed.ts';
export { byControl, byPort, type Dial } from './link.ts';
export { SHIM_TIMES, type ShimOptions, type ShimTimes } from './options.ts';
export {
  type Address,
  type Announcement,
  appFolder,
  type Person,
  type Place,
  reachable,
  readAnnouncement,
  writeAnnouncement,
} from './place.ts';
export { unavailable } from './reasons.ts';
export { Shim } from './shim.ts';
export { startApp } from './start-app.ts';

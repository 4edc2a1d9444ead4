export { type Announced, announce } from './announce.ts';
export { type AppPlaces, shimCommand } from './installed.ts';
export { type Announcement, appFolder, type Place, reachable, readAnnouncement, writeAnnouncement } from './place.ts';
export { SHIM_TIMES, Shim, type ShimOptions, type ShimTimes } from './shim.ts';
export { startApp } from './start-app.ts';

export { type Announced, announce } from './announce.ts';
export { type AppPlaces, shimCommand } from './installed.ts';
export { SHIM_TIMES, type ShimOptions, type ShimTimes } from './options.ts';
export { type Announcement, appFolder, type Place, reachable, readAnnouncement, writeAnnouncement } from './place.ts';
export { Shim } from './shim.ts';
export { startApp } from './start-app.ts';

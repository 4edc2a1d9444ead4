export { type AppPlaces, shimCommand } from './installed.ts';
export { appFolder, forgetPlace, type Place, reachable, readPlace, writePlace } from './place.ts';
export { SHIM_TIMES, Shim, type ShimOptions, type ShimTimes } from './shim.ts';
export { startApp } from './start-app.ts';

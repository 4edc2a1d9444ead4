import type { AppDriver } from './driver.ts';

/** The part of a driver that differs between the two Electrons: how to be the person and the system around an app. */
export type Person = Pick<AppDriver, 'tray' | 'pickFromMenuBar' | 'clickOutside' | 'opened' | 'power' | 'activate'>;

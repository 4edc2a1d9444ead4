import type * as Electron from 'electron';
import { DeclaredEmitter } from '../contract/declared-emitter.ts';
import type { Like } from '../contract/like.ts';
import { refuseOtherMembers } from '../contract/unsimulated.ts';
import { settings } from '../settings.ts';

/** Height of the menu bar in points. */
export const menuBarHeight = 24;

/** One display, its menu bar on top, and no Dock. */
class Screen
  extends DeclaredEmitter
  implements
    Like<
      Electron.Screen,
      'getPrimaryDisplay' | 'getAllDisplays' | 'getDisplayNearestPoint' | 'getDisplayMatching' | 'getCursorScreenPoint'
    >
{
  constructor() {
    super('Screen');
  }

  getPrimaryDisplay(): Electron.Display {
    const { width, height, scale } = settings.display;
    const workHeight = height - menuBarHeight;
    return {
      id: 1,
      label: 'Stand-in display',
      bounds: { x: 0, y: 0, width, height },
      size: { width, height },
      workArea: { x: 0, y: menuBarHeight, width, height: workHeight },
      workAreaSize: { width, height: workHeight },
      nativeOrigin: { x: 0, y: 0 },
      maximumCursorSize: { width: 0, height: 0 },
      scaleFactor: scale,
      rotation: 0,
      internal: true,
      detected: true,
      monochrome: false,
      colorDepth: 24,
      depthPerComponent: 8,
      colorSpace: '',
      displayFrequency: 60,
      accelerometerSupport: 'unknown',
      touchSupport: 'unavailable',
    };
  }

  getAllDisplays(): Electron.Display[] {
    return [this.getPrimaryDisplay()];
  }

  getDisplayNearestPoint(_point: Electron.Point): Electron.Display {
    return this.getPrimaryDisplay();
  }

  getDisplayMatching(_area: Electron.Rectangle): Electron.Display {
    return this.getPrimaryDisplay();
  }

  /** In the menu bar, where the last click of a menu-bar app was. */
  getCursorScreenPoint(): Electron.Point {
    return { x: settings.display.width - 190, y: menuBarHeight / 2 };
  }
}

refuseOtherMembers(Screen.prototype, 'Screen');

export const screen = new Screen();

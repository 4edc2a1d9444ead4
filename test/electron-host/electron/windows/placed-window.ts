import type * as Electron from 'electron';
import { requireIntegers } from '../../contract/arguments.ts';
import type { Like } from '../../contract/like.ts';
import { settings } from '../../settings.ts';
import { menuBarHeight } from '../screen.ts';
import type { Placement } from './placement.ts';
import { WindowTraits } from './window-traits.ts';

/** Where a window is and how big, in points. */
export abstract class PlacedWindow
  extends WindowTraits
  implements
    Like<
      Electron.BrowserWindow,
      | 'getBounds'
      | 'setBounds'
      | 'getContentBounds'
      | 'getPosition'
      | 'setPosition'
      | 'getSize'
      | 'setSize'
      | 'getContentSize'
      | 'setContentSize'
      | 'center'
      | 'setMinimumSize'
    >
{
  /** @throws TypeError when the window has been destroyed */
  protected abstract livingPlacement(): Placement;

  getBounds(): Electron.Rectangle {
    return this.livingPlacement().bounds;
  }

  setBounds(change: Partial<Electron.Rectangle>): void {
    const placement = this.livingPlacement();
    requireIntegers('setBounds', Object.values(change));
    const before = placement.bounds;
    const after = { ...before, ...change };
    placement.move(after);
    if (before.width !== after.width || before.height !== after.height) {
      this.fire('resize');
      this.fire('resized');
    }
    if (before.x !== after.x || before.y !== after.y) {
      this.fire('move');
      this.fire('moved');
    }
  }

  /** The same as getBounds: no title bar is drawn. */
  getContentBounds(): Electron.Rectangle {
    return this.getBounds();
  }

  getPosition(): number[] {
    const { x, y } = this.getBounds();
    return [x, y];
  }

  /** macOS lets no window under its menu bar. */
  setPosition(x: number, y: number): void {
    this.setBounds({ x, y: Math.max(y, menuBarHeight) });
  }

  getSize(): number[] {
    const { width, height } = this.getBounds();
    return [width, height];
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }

  getContentSize(): number[] {
    return this.getSize();
  }

  setContentSize(width: number, height: number): void {
    this.setSize(width, height);
  }

  center(): void {
    const { width, height } = this.getBounds();
    this.setPosition(middle('width', width), middle('height', height));
  }

  setMinimumSize(width: number, height: number): void {
    requireIntegers('setMinimumSize', [width, height]);
  }
}

/** Where something of that length begins when it is in the middle of the display. */
export function middle(side: 'width' | 'height', length: number): number {
  return Math.round((settings.display[side] - length) / 2);
}

import type { BrowserWindow } from 'electron';
import type { AppController } from '../app/desktop/index.ts';

/** In per cent, as the steps of a browser. */
const SIZES = [75, 90, 100, 110, 125, 150, 175, 200] as const;
const ACTUAL = 100;

export type TextSizeStep = 'larger' | 'smaller' | 'actual';

/** Makes everything in all windows larger or smaller by a step; remembered from one start to the next. */
export function changeTextSize(controller: AppController, step: TextSizeStep): void {
  const { textSize } = controller.state().habits;
  controller.changeHabits({ textSize: sizeAfter(textSize, step) });
}

export function sizeAfter(size: number, step: TextSizeStep): number {
  switch (step) {
    case 'actual':
      return ACTUAL;
    case 'larger':
      return SIZES.find((one) => one > size) ?? size;
    case 'smaller':
      return SIZES.findLast((one) => one < size) ?? size;
    default:
      return step satisfies never;
  }
}

/** Gives a window that people cannot resize the room that its text takes, as far as the screen has it; `grown` is called after each change. */
export function growWithText(
  window: BrowserWindow,
  controller: AppController,
  size: { readonly width: number; readonly height: number },
  room: () => { readonly width: number; readonly height: number },
  grown: () => void = () => undefined,
): void {
  let shown = ACTUAL;
  const follow = (): void => {
    const { textSize } = controller.state().habits;
    if (textSize === shown) return;
    shown = textSize;
    const fitting = (length: number, most: number): number => Math.round(Math.min((length * textSize) / 100, most));
    window.setSize(fitting(size.width, room().width), fitting(size.height, room().height));
    grown();
  };
  follow();
  window.once('closed', controller.subscribe(follow));
}

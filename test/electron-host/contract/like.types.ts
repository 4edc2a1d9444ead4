// The contract types at work: each of these lines must fail to compile, and `npm run typecheck` fails when one does not.
import type * as Electron from 'electron';
import type { Like } from './like.ts';

export class WrongResult implements Like<Electron.Tray, 'getBounds'> {
  // @ts-expect-error the result is of another type
  getBounds(): number {
    return 1;
  }
}

export class WrongParameter implements Like<Electron.Tray, 'setTitle'> {
  // @ts-expect-error the parameter is of another type
  setTitle(title: number): void {
    String(title);
  }
}

// @ts-expect-error Electron has no such member, or has it no more
export type GoneMember = Like<Electron.Tray, 'setHighlightMode'>;

export const outdated = {
  // @ts-expect-error this was synchronous once
  readText: () => '',
} satisfies Pick<typeof Electron.clipboard, 'readText'>;

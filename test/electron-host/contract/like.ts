import type * as Electron from 'electron';

/** Electron's own object types: where a signature promises one, the stand-in hands out its narrower counterpart. */
type NativeObject =
  | Electron.BrowserWindow
  | Electron.CommandLine
  | Electron.Dock
  | Electron.Menu
  | Electron.MenuItem
  | Electron.NativeImage
  | Electron.Session
  | Electron.WebContents
  | Electron.WebFrameMain
  | Electron.WebRequest;

type Loose<Value> =
  Value extends Promise<infer Inner>
    ? Promise<Loose<Inner>>
    : Value extends readonly (infer Item)[]
      ? Loose<Item>[]
      : Value extends NativeObject
        ? object
        : Value;

/**
 * `class Tray implements Like<Electron.Tray, 'setImage' | …>`: the named members exist in Electron's declarations and
 * take and give what is declared there. An upgrade of Electron that moves one of them no longer compiles.
 */
export type Like<Type, Members extends keyof Type> = {
  [Name in Members]: Type[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Loose<Result>
    : Loose<Type[Name]>;
};

/**
 * Hands out one of our objects where Electron's declarations promise theirs, in callbacks and events. The promise is
 * kept at run time: a member that is declared but not simulated throws by name (unsimulated.ts).
 */
export function asElectron<Type>(ours: object): Type {
  return ours as Type;
}

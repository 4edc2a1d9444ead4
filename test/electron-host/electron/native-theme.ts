import type * as Electron from 'electron';
import { refuseArgument } from '../contract/arguments.ts';
import { DeclaredEmitter } from '../contract/declared-emitter.ts';
import type { Like } from '../contract/like.ts';
import { refuseOtherMembers } from '../contract/unsimulated.ts';
import { appearance, type ColorScheme } from './appearance.ts';

class NativeTheme
  extends DeclaredEmitter
  implements
    Like<
      Electron.NativeTheme,
      | 'themeSource'
      | 'shouldUseDarkColors'
      | 'shouldUseDarkColorsForSystemIntegratedUI'
      | 'shouldUseHighContrastColors'
      | 'prefersReducedTransparency'
      | 'shouldDifferentiateWithoutColor'
    >
{
  constructor() {
    super('NativeTheme');
    appearance.on('changed', () => this.fire('updated'));
  }

  get themeSource(): ColorScheme | 'system' {
    return appearance.theme;
  }

  set themeSource(theme: ColorScheme | 'system') {
    if (!['system', 'light', 'dark'].includes(theme))
      refuseArgument('nativeTheme.themeSource', 'system, light or dark');
    appearance.changeTheme(theme);
  }

  get shouldUseDarkColors(): boolean {
    return appearance.scheme === 'dark';
  }

  get shouldUseDarkColorsForSystemIntegratedUI(): boolean {
    return appearance.system.scheme === 'dark';
  }

  get shouldUseHighContrastColors(): boolean {
    return appearance.system.highContrast;
  }

  get prefersReducedTransparency(): boolean {
    return appearance.system.reducedTransparency;
  }

  get shouldDifferentiateWithoutColor(): boolean {
    return appearance.system.differentiateWithoutColor;
  }
}

refuseOtherMembers(NativeTheme.prototype, 'NativeTheme');

export const nativeTheme = new NativeTheme();

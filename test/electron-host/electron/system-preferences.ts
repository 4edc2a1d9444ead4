import type * as Electron from 'electron';
import { DeclaredEmitter } from '../contract/declared-emitter.ts';
import type { Like } from '../contract/like.ts';
import { refuseOtherMembers } from '../contract/unsimulated.ts';
import { appearance } from './appearance.ts';

class SystemPreferences extends DeclaredEmitter implements Like<Electron.SystemPreferences, 'getAnimationSettings'> {
  constructor() {
    super('SystemPreferences');
  }

  getAnimationSettings(): Electron.AnimationSettings {
    const { reducedMotion } = appearance.system;
    return {
      prefersReducedMotion: reducedMotion,
      shouldRenderRichAnimation: !reducedMotion,
      scrollAnimationsEnabledBySystem: !reducedMotion,
    };
  }
}

refuseOtherMembers(SystemPreferences.prototype, 'SystemPreferences');

export const systemPreferences = new SystemPreferences();

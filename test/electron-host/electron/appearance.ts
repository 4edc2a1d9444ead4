import { EventEmitter } from 'node:events';

export type ColorScheme = 'light' | 'dark';

/** What a person has chosen in System Settings. */
export interface SystemAppearance {
  readonly scheme: ColorScheme;
  readonly highContrast: boolean;
  readonly reducedMotion: boolean;
  readonly reducedTransparency: boolean;
  readonly differentiateWithoutColor: boolean;
}

/** How everything looks: the system's choice, and the app's own theme over it. Emits `changed`. */
class Appearance extends EventEmitter {
  #system: SystemAppearance = {
    scheme: 'light',
    highContrast: false,
    reducedMotion: false,
    reducedTransparency: false,
    differentiateWithoutColor: false,
  };
  #theme: ColorScheme | 'system' = 'system';

  get system(): SystemAppearance {
    return this.#system;
  }

  get theme(): ColorScheme | 'system' {
    return this.#theme;
  }

  get scheme(): ColorScheme {
    return this.#theme === 'system' ? this.#system.scheme : this.#theme;
  }

  changeSystem(change: Partial<SystemAppearance>): void {
    this.#system = { ...this.#system, ...change };
    this.emit('changed');
  }

  changeTheme(theme: ColorScheme | 'system'): void {
    this.#theme = theme;
    this.emit('changed');
  }

  /** The same as CSS media features, for Chromium. */
  get mediaFeatures(): { name: string; value: string }[] {
    return [
      { name: 'prefers-color-scheme', value: this.scheme },
      { name: 'prefers-contrast', value: this.#system.highContrast ? 'more' : 'no-preference' },
      { name: 'prefers-reduced-motion', value: this.#system.reducedMotion ? 'reduce' : 'no-preference' },
      { name: 'prefers-reduced-transparency', value: this.#system.reducedTransparency ? 'reduce' : 'no-preference' },
    ];
  }
}

export const appearance = new Appearance().setMaxListeners(0);

import type * as Electron from 'electron';
import type { Like } from '../../contract/like.ts';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';

export class Dock implements Like<Electron.Dock, 'hide' | 'show' | 'isVisible' | 'setMenu' | 'setIcon'> {
  #visible = true;

  hide(): void {
    this.#visible = false;
  }

  async show(): Promise<void> {
    this.#visible = true;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  setMenu(_menu: unknown): void {
    // There is no Dock to hold it.
  }

  setIcon(_icon: unknown): void {
    // Nor to show it.
  }
}

refuseOtherMembers(Dock.prototype, 'Dock');

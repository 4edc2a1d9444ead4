/** What quitting needs of the app. */
export interface QuittingApp {
  /** False when a listener of the event has prevented it. */
  allows(event: 'before-quit' | 'will-quit'): boolean;
  windowCount(): number;
  /** Asks every window; the windows report back through allClosed and closeRefused. */
  closeWindows(): void;
  exit(): void;
}

/** The order of quitting: before-quit, every window's close, will-quit. Each of them may call it off. */
export class Quitting {
  readonly #app: QuittingApp;
  #underWay = false;

  constructor(app: QuittingApp) {
    this.#app = app;
  }

  get underWay(): boolean {
    return this.#underWay;
  }

  begin(): void {
    if (this.#underWay || !this.#app.allows('before-quit')) return;
    this.#underWay = true;
    if (this.#app.windowCount() > 0) this.#app.closeWindows();
    else setImmediate(() => this.allClosed());
  }

  allClosed(): void {
    if (!this.#underWay) return;
    if (this.#app.allows('will-quit')) this.#app.exit();
    else this.#underWay = false;
  }

  closeRefused(): void {
    this.#underWay = false;
  }
}

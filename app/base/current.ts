/** A value that its owner replaces, and that others ask for each time they need it. */
export class Current<Value> {
  value: Value;

  constructor(value: Value) {
    this.value = value;
  }

  /** For those who may read it only. */
  readonly get = (): Value => this.value;
}

/** A program that listens on a port, as far as the system lets us see it. */
export interface Holder {
  readonly pid: number;
  /** Empty when only the process number is known. */
  readonly name: string;
}

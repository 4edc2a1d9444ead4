/** The part of Electron.Event that a listener can answer with. */
export interface Preventable {
  readonly defaultPrevented: boolean;
  preventDefault(): void;
}

/** An event object that carries the given facts. */
export function preventable<Facts extends object = object>(facts?: Facts): Facts & Preventable {
  let prevented = false;
  const event: Preventable = {
    get defaultPrevented() {
      return prevented;
    },
    preventDefault() {
      prevented = true;
    },
  };
  return Object.assign(event, facts);
}

/* While an input method composes a text, as for Chinese, Enter takes what it proposes and Escape drops it: both are its own then. */

export function isEnter({ key, isComposing }: KeyboardEvent): boolean {
  return key === 'Enter' && !isComposing;
}

export function isEscape({ key, isComposing }: KeyboardEvent): boolean {
  return key === 'Escape' && !isComposing;
}

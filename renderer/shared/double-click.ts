/**
 * Lets a double click count once where the first click put another button, or another meaning, under the pointer: a double click on
 * *Sign In* is not meant to cancel it, nor to close the next row as well.
 */
export function ignoreSecondClicks(): void {
  let first: { readonly button: Element | null; readonly name: string } | null = null;
  document.addEventListener(
    'click',
    (event) => {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      if (event.detail <= 1) first = { button, name: nameOf(button) };
      else if (button !== null && (button !== first?.button || nameOf(button) !== first.name)) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    true,
  );
}

function nameOf(button: Element | null): string {
  return button?.getAttribute('aria-label') ?? button?.textContent ?? '';
}

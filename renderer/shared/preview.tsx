/** Text that may be longer than its box. What scrolls has to be reachable by keyboard. */
export function Preview({ label, content }: { readonly label: string; readonly content: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus.
    <section class="preview" tabIndex={0} aria-label={label}>
      <pre>{content}</pre>
    </section>
  );
}

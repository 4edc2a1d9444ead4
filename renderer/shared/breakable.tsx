import { Fragment } from 'preact';

/** Words with paths in them, which may go on in the next line after each of their slashes. */
export function Breakable({ words }: { readonly words: string }) {
  return words.split(/(?<=[\\/])(?=[^\\/])/).map((part, at) => (
    <Fragment key={`${at} ${part}`}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

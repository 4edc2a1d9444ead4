/** Joiners, variation selectors and fillers: nothing that a person could see or type. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu;

/** All but letters, digits and their marks, of every script. */
const OTHERS = /[^\p{L}\p{N}\p{M}._-]+/gu;

/** What of a title can be the name of a server: in lower case, other characters as `-`. Empty where nothing can. */
export function slug(title: string): string {
  const name = title.normalize('NFC').toLowerCase().normalize('NFC').replace(INVISIBLE, '').replace(OTHERS, '-');
  // A mark at the front has nothing to stand on.
  return name.replace(/^[-.\p{M}]+|-+$/gu, '');
}

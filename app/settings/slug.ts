/** What of a title can be the name of a server: in lower case, other characters as `-`. Empty where nothing can. */
export function slug(title: string): string {
  // Joiners, variation selectors and fillers: nothing that a person could see or type. Here and not above, for a start need not read them.
  const visible = title
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}+/gu, '');
  // All but letters, digits and their marks, of every script.
  const name = visible.replace(/[^\p{L}\p{N}\p{M}._-]+/gu, '-');
  // A mark at the front has nothing to stand on.
  return name.replace(/^[-.\p{M}]+|-+$/gu, '');
}

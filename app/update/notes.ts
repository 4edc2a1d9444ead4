/** A line of what is new in a version. */
export interface NoteLine {
  readonly kind: 'heading' | 'item' | 'text';
  readonly text: string;
}

/** As much as a person reads in a small window; the page of the release has all of it. */
const MOST_LINES = 40;
const MOST_CHARACTERS = 400;
/** Characters that are looked through for that, of all and of one line, with their marks: a search for an end may begin at each of them. */
const MOST_SOURCE = 32 * 1024;
const MOST_OF_LINE = 2000;

/** Control characters, and format characters such as those that change the direction of the text around them (UAX #9). */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}]/gu;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" };

/**
 * What is new, as lines of plain text. It is Markdown in latest-mac.yml, and HTML where a feed of GitHub has it without that file's
 * help. It comes from the network: nothing of it is ever markup again.
 */
export function readNotes(source: string): readonly NoteLine[] {
  const lines: NoteLine[] = [];
  for (const raw of asMarkdown(source.slice(0, MOST_SOURCE)).replace(INVISIBLE, '').split('\n')) {
    const line = raw.trim();
    if (line === '') continue;
    const last = lines.at(-1);
    const [, mark = '', words = line] = /^(#{1,6}\s+|[-*+]\s+|\d{1,3}[.)]\s+)?(.*)$/.exec(line) ?? [];
    const text = plain(words.slice(0, MOST_OF_LINE)).slice(0, MOST_CHARACTERS);
    if (mark === '' && last !== undefined && last.kind !== 'heading') {
      lines[lines.length - 1] = { ...last, text: `${last.text} ${text}`.slice(0, MOST_CHARACTERS) };
    } else if (text !== '') {
      lines.push({ kind: mark === '' ? 'text' : mark.startsWith('#') ? 'heading' : 'item', text });
    }
  }
  return lines.slice(0, MOST_LINES);
}

function asMarkdown(source: string): string {
  if (!/<(?:p|ul|ol|li|h[1-6]|div|br)\b/i.test(source)) return source;
  return source
    .replace(/<h[1-6]\b[^>]*>/gi, '\n### ')
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(/<(?:br|p|div|ul|ol)\b[^>]*>|<\/(?:p|div|h[1-6]|li|ul|ol)>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|apos|#39);/g, (_all, name: string) => ENTITIES[name] ?? '');
}

/** Without the marks of emphasis, code and links. */
function plain(words: string): string {
  return words
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__)(.+?)\1/g, '$2')
    .replace(/(^|\W)[*_]([^*_]+)[*_](?=\W|$)/g, '$1$2')
    .replaceAll('`', '')
    .trim();
}

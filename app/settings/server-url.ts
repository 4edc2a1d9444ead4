/** Where a server can be: credentials belong into a header, which is not shown, and a fragment is never sent. */
export function isServerAddress(written: string): boolean {
  const url = URL.parse(written);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  return url.hostname !== '' && url.username === '' && url.password === '' && url.hash === '' && url.port !== '0';
}

/** Whether a line is meant as the URL of a server and not as a command. */
export function looksLikeUrl(line: string): boolean {
  return /^https?:\/\/\S*$/i.test(line.trim());
}

/** A URL for people: its query may hold a key, so it is left out. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? '' : `${parsed.origin}${parsed.pathname}`;
}

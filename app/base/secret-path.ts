const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The segments of a URL's path that are its key: the address alone lets its bearer use what is there. A UUID (n8n, Composio), `private_…`
 * (the add-on of Home Assistant), or a run of 16 letters and digits that change between the two at least three times (Zapier). Parts of
 * the text as it is written.
 */
export function secretSegments(url: string): readonly string[] {
  const [, path = ''] = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url) ?? [];
  return path.split('/').filter(isSecret);
}

function isSecret(segment: string): boolean {
  if (UUID.test(segment) || /^private_[\w-]{8,}$/i.test(segment)) return true;
  const runs = segment.match(/[A-Za-z\d]{16,}/g) ?? [];
  return runs.some((run) => (run.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g) ?? []).length >= 3);
}

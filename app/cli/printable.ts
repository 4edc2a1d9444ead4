/** Names of targets, clients and certificates come from strangers; nothing in them may reach the terminal as a command. */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '�');
}

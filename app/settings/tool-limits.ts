/**
 * How many tools known clients take, and the size of a tool list in a model's context.
 *
 * A client offers the tools of all its servers to its model at once. Several clients have a limit on their number; above
 * it they leave tools out or refuse the request.
 */

/** Limits on the number of tools, over all servers of the client; the lowest first. Numbers as the clients document them. */
export const TOOL_LIMITS: readonly { readonly client: string; readonly tools: number }[] = [
  { client: 'Trae', tools: 40 },
  { client: 'Cursor', tools: 80 },
  { client: 'Windsurf', tools: 100 },
  { client: 'GitHub Copilot', tools: 128 },
];

const BYTES_PER_TOKEN = 4;

/** About how many tokens `bytes` of JSON take: four bytes to a token, rounded up. An estimate: each model counts otherwise. */
export function tokensOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

import { type BrowseOptions, browse, type ServiceInstance } from '../platform/mdns/index.ts';

/** A server with a URL that answered in the local network. */
export interface FoundRemote {
  /** What its owner calls it. */
  readonly name: string;
  readonly url: string;
}

/** Under which Home Assistant announces itself (its `zeroconf` integration). */
const SERVICE = '_home-assistant._tcp';

/** The Home Assistants of the local network, each with the URL of its MCP server. Asked for by a person only: macOS may ask them. */
export async function findHomeAssistants(
  options: Omit<BrowseOptions, 'service'> = {},
): Promise<readonly FoundRemote[]> {
  return (await browse({ ...options, service: SERVICE })).map(remoteOf);
}

/** Where it says it is, by the name that it answers to; of the addresses in its texts only the scheme is taken. */
function remoteOf({ name, host, port, texts }: ServiceInstance): FoundRemote {
  const own = URL.parse(texts['internal_url'] ?? texts['base_url'] ?? '');
  const scheme = own?.protocol === 'https:' ? 'https' : 'http';
  const title = (texts['location_name'] ?? '').replace(/\p{Cc}/gu, ' ').trim();
  return { name: (title === '' ? name : title).slice(0, 80), url: `${scheme}://${host}:${port}/api/mcp` };
}

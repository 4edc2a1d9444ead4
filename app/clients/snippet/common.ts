import type { Language } from '../../i18n/index.ts';
import type { Endpoint } from '../gateway.ts';

/** What stands for the parts only the person knows. */
export const PLACEHOLDER = { server: 'your-server', command: 'your-command', image: 'your-image' } as const;

/** This machine's name in a container. */
export const CONTAINER_HOST = 'host.docker.internal';

/** The default server's address also serves whatever is set up later. */
export function withFallback(servers: readonly Endpoint[]): readonly Endpoint[] {
  return servers.length > 0 ? servers : [{ name: 'gangway', isDefault: true }];
}

/** Sentences one after the other; Chinese sets no spaces between them. */
export function joined(sentences: readonly string[], language: Language): string {
  return sentences.join(language === 'zh-Hant' ? '' : ' ');
}

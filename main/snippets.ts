import { type SnippetRequest, snippets } from '../app/clients/index.ts';
import type { AppController } from '../app/desktop/index.ts';
import { addressOf, type Snippet } from '../app/ipc/index.ts';
import { shim } from './places.ts';

/** Stands for the token in what is to be pasted. */
const PLACEHOLDER = 'TOKEN';

const KINDS = ['endpoint', 'proxy'] as const satisfies readonly SnippetRequest['kind'][];

/** What clients are given to paste, with the port that is really open. Without servers there is nothing to connect to. */
export function snippetsFor(controller: AppController): readonly Snippet[] {
  const { servers, defaultServer, language, requireToken } = controller.settings;
  // A named token is kept nowhere: the person puts in one of theirs.
  const token = controller.settings.token ?? (requireToken ? PLACEHOLDER : null);
  const words = controller.text.snippets;
  const { port } = addressOf(controller.state());
  const endpoints = servers.map(({ name }) => ({ name, isDefault: name === defaultServer }));
  const offered = KINDS.filter((kind) => kind === 'proxy' || endpoints.length > 0);
  return offered.flatMap((kind) =>
    snippets({ port, token, servers: endpoints, kind, language, platform: process.platform, shim: shim() }).map(
      ({ client, title, where, note, text }) => ({
        id: `${kind}:${client}`,
        kind,
        title,
        where,
        note: token === PLACEHOLDER ? [note, words.token].filter((part) => part !== null).join(' ') : note,
        text,
      }),
    ),
  );
}

import { CLIENTS } from '../table/index.ts';
import { fileSnippet } from './file-snippet.ts';
import { chatboxFields, openWebUiFields } from './form-snippets.ts';
import { claudeCodeCommand, dockerFlags, fishExports, posixExports, powerShellExports } from './shell-snippets.ts';
import type { Snippet, SnippetId, SnippetRequest } from './snippet.ts';

type Maker = (request: SnippetRequest) => Snippet | null;

const MAKERS: readonly (readonly [SnippetId, Maker])[] = [
  ...CLIENTS.map((client) => [client.id, (request: SnippetRequest) => fileSnippet(client, request)] as const),
  ['claude-code-command', claudeCodeCommand],
  ['chatbox', chatboxFields],
  ['open-webui', openWebUiFields],
  ['posix', posixExports],
  ['fish', fishExports],
  ['powershell', powerShellExports],
  ['docker', dockerFlags],
];

/** Everything that can be copied for this kind, in the order it is best shown in. */
export function snippets(request: SnippetRequest): Snippet[] {
  return MAKERS.map(([, make]) => make(request)).filter((snippet) => snippet !== null);
}

/** What to copy for one client; null where the kind does not apply to it. */
export function snippet(client: SnippetId, request: SnippetRequest): Snippet | null {
  return MAKERS.find(([id]) => id === client)?.[1](request) ?? null;
}

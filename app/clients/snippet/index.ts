export type { DeepLink, Field, Snippet, SnippetId, SnippetRequest } from './snippet.ts';
export { snippet, snippets } from './snippets.ts';

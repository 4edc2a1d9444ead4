import { type AppText, appTextIn } from '../../i18n/app.ts';
import { endpointUrl } from '../gateway.ts';
import { CONTAINER_HOST, joined, PLACEHOLDER, withFallback } from './common.ts';
import { deepLinks } from './deep-link.ts';
import { proxyLines } from './shell-snippets.ts';
import type { Field, Snippet, SnippetRequest } from './snippet.ts';

/** Chatbox keeps its servers in a store of its own; its form takes variables and headers as lines of `NAME=value`. */
export function chatboxFields(request: SnippetRequest): Snippet {
  const { port, token, kind } = request;
  const words = appTextIn(request.language).clients.snippet;
  const { fields } = words;
  const servers = withFallback(request.servers);
  const headers = token === null ? [] : [{ label: fields.headers, value: `Authorization=Bearer ${token}` }];
  const variables = Object.entries(proxyLines(request)).map(([key, value]) => `${key}=${value}`);
  const proxied: Field[] = [
    { label: fields.name, value: PLACEHOLDER.server },
    { label: fields.type, value: fields.local },
    { label: fields.environment, value: variables.join('\n') },
  ];
  const forms =
    kind === 'proxy'
      ? [proxied]
      : servers.map((server): Field[] => [
          { label: fields.name, value: server.name },
          { label: fields.type, value: fields.remote },
          { label: fields.url, value: endpointUrl(port, server) },
          ...headers,
        ]);
  const links = deepLinks('chatbox', request, servers);
  return { ...form('chatbox', 'Chatbox', forms, words.where.chatbox), deepLinks: links };
}

/** Open WebUI connects from its server, most often a container. It starts no programs: there is nothing to send through us. */
export function openWebUiFields(request: SnippetRequest): Snippet | null {
  if (request.kind === 'proxy') return null;
  const { port, token, language, platform } = request;
  const words = appTextIn(language).clients.snippet;
  const { fields, notes } = words;
  const forms = withFallback(request.servers).map((server) => [
    { label: fields.type, value: fields.streamable },
    { label: fields.url, value: endpointUrl(port, server, CONTAINER_HOST) },
    ...authentication(token, fields),
    { label: fields.name, value: server.name },
  ]);
  const wider = platform === 'linux' ? [notes.listenWider] : [];
  const note = joined([notes.containerHost, notes.allowHost, ...wider], language);
  return { ...form('open-webui', 'Open WebUI', forms, words.where.openWebUi), note };
}

function authentication(token: string | null, fields: AppText['clients']['snippet']['fields']): Field[] {
  if (token === null) return [{ label: fields.authentication, value: fields.none }];
  return [
    { label: fields.authentication, value: fields.bearer },
    { label: fields.key, value: token },
  ];
}

function form(client: Snippet['client'], title: string, forms: readonly (readonly Field[])[], where: string): Snippet {
  const text = forms.map((fields) => fields.map(({ label, value }) => `${label}: ${value}\n`).join('')).join('\n');
  return { client, title, format: 'fields', forms, text, where, note: null, deepLinks: [] };
}

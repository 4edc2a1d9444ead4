import type { Snippet } from '../app/ipc/index.ts';
import type { Operation } from '../app/operation/index.ts';
import { addressOf, place } from '../app/view/index.ts';

/** What clients are given to paste, with the port that is really open. */
export function snippetsFor(operation: Operation): readonly Snippet[] {
  const { host, port } = addressOf(operation.state());
  const { token } = operation.settings;
  const proxy = `http://${token === null ? '' : `gangway:${token}@`}${place(host, port)}`;
  const url = `http://${place(host, port)}`;
  const words = operation.text.snippets;
  const headers = token === null ? {} : { headers: { Authorization: `Bearer ${token}` } };
  return [
    {
      id: 'shell',
      client: words.shell,
      form: '',
      where: words.shellWhere,
      text: [
        `export HTTP_PROXY=${proxy}`,
        `export HTTPS_PROXY=${proxy}`,
        'export NO_PROXY=localhost,127.0.0.1,::1',
      ].join('\n'),
    },
    {
      id: 'http',
      client: words.mcpClient,
      form: 'Streamable HTTP',
      where: words.mcpWhere,
      text: JSON.stringify({ mcpServers: { gangway: { type: 'http', url: `${url}/mcp`, ...headers } } }, null, 2),
    },
    {
      id: 'sse',
      client: words.mcpClient,
      form: 'SSE',
      where: words.mcpWhere,
      text: JSON.stringify({ mcpServers: { gangway: { type: 'sse', url: `${url}/sse`, ...headers } } }, null, 2),
    },
  ];
}

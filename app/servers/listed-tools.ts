import { isObject } from '../base/schema/index.ts';
import { parsedJson, stringIn } from '../mcp/jsonrpc/index.ts';
import type { KnownServer } from './known-lists.ts';

/** A tool as its server listed it. */
export interface ListedTool {
  readonly name: string;
  /** Empty where it has none. */
  readonly title: string;
  readonly description: string;
  /** Of its JSON text: name, description and schemas, which is what a client hands to its model. */
  readonly bytes: number;
}

/** The tools that a server last listed; null where it has listed none since it was set up. */
export function listedTools({ tools }: KnownServer): readonly ListedTool[] | null {
  if (tools === undefined) return null;
  return tools.items.flatMap((item) => {
    const bytes = Buffer.from(item);
    const tool = parsedJson(bytes);
    const name = isObject(tool) ? stringIn(tool, 'name') : undefined;
    if (!isObject(tool) || name === undefined) return [];
    const title = stringIn(tool, 'title') ?? '';
    return [{ name, title, description: stringIn(tool, 'description') ?? '', bytes: bytes.length }];
  });
}

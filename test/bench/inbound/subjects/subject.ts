import type { Command } from '../../common/program.ts';

/** How clients talk to it: over the child's own pipes, or over one of the three HTTP generations of MCP. */
export type Wire = 'stdio' | 'SSE' | '/mcp' | 'stateless';

/** Which generation of MCP the server behind it speaks. */
export type Era = 'legacy' | 'modern' | 'dual';

/** A bridge that can be started on a port of 127.0.0.1 in front of a stdio server, or that is not installed. */
export interface BridgeSubject {
  /** Product, version and wire, as the table's column. */
  readonly name: string;
  readonly wire: Wire;
  readonly command: ((port: number, server: Command) => Command) | null;
}

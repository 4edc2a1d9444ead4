/** What a transport brings from the server. */
export interface TransportEvents {
  /** One JSON-RPC message, as text. */
  message(text: string): void;
  /** Nothing will come any more, and why. */
  closed(why: string): void;
}

/** One client's way to a server. */
export interface Transport {
  /**
   * Sends one message. Rejects when it was refused or did not get through. Resolves when it is delivered and nothing
   * more will come on the exchange that carried it; `answersOnExchange` says whether the reply had to come there.
   */
  send(message: OutgoingMessage): Promise<void>;
  readonly answersOnExchange: boolean;
  /** Comment lines that arrived on the streams so far. */
  readonly comments: number;
  /** Stops reading for good. */
  stall(): void;
  /** Ends the session as a polite client does. */
  close(): Promise<void>;
  /** Goes away without a word. */
  vanish(): void;
}

export interface OutgoingMessage {
  readonly method: string;
  readonly params: object;
  /** Absent in a notification. */
  readonly id?: number;
}

export function encode({ id, method, params }: OutgoingMessage): string {
  return JSON.stringify({ jsonrpc: '2.0', ...(id !== undefined && { id }), method, params });
}

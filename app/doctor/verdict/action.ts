/** The one thing that we can do about a finding ourselves. */
export type Action =
  | { readonly kind: 'open-pane'; readonly pane: Pane }
  | { readonly kind: 'ask-permission' }
  | { readonly kind: 'turn-on' }
  | { readonly kind: 'use-port'; readonly port: number }
  | { readonly kind: 'restart-server'; readonly server: string }
  /** Leads the server's traffic through Gangway, or lets Gangway run it. */
  | { readonly kind: 'route-server'; readonly server: string | null }
  | { readonly kind: 'show-log' }
  | { readonly kind: 'show-copies'; readonly paths: readonly string[] };

/** A pane of System Settings. */
export type Pane = 'local-network' | 'network-extensions' | 'vpn';

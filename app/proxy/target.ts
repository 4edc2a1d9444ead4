/** Where a client wants to go. `host` is a name or an address, an IPv6 address without brackets. */
export interface Target {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** `host:port` as people and the log write it; IPv6 in brackets. */
export function authorityOf(target: Target): string {
  return target.host.includes(':') ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`;
}

/** Where a connection goes, or a listener is. `host` is a name or an address, an IPv6 address without brackets. */
export interface Target {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** A TCP forward: what connects to `127.0.0.1:port` reaches `host:targetPort`. */
export interface ForwardSetting {
  readonly port: number;
  readonly host: string;
  readonly targetPort: number;
}

/** `host:port` as people and the log write it; IPv6 in brackets (RFC 3986 section 3.2.2). */
export function authorityOf({ host, port }: Target): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether only this machine can reach a listener at `host`. A name other than localhost may lead anywhere. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase().replace(/^::ffff:/, '');
  return address === 'localhost' || address === '::1' || /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(address);
}

/** Our name in Via and Proxy-Status: a pseudonym, as RFC 9110 section 7.6.3 allows, never a host name. */
export const PROXY_NAME = 'mcp-gangway';

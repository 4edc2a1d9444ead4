/** Chromium reaches this machine for every name under localhost, and trusts such pages as it trusts https. */
const ending = '.electron-host.localhost';

/** All addresses under which Chromium shows custom schemes. */
export const customAddresses = `http://*${ending}/*`;

/**
 * Chromium goes nowhere under a scheme it does not know, and none can be taught to it from outside. So it is sent to
 * http://bundle.app.electron-host.localhost/x where Electron would go to app://bundle/x, and everything else hears of
 * the latter. Other addresses are the same in both.
 */
export function toChromium(url: string, schemes: ReadonlySet<string>): string {
  const [, scheme = '', host, rest] = /^([\w+.-]+):\/\/([^/?#]+)(.*)$/s.exec(url) ?? [];
  if (!schemes.has(scheme) || host === undefined) return url;
  return `http://${host}.${scheme}${ending}${rest === '' ? '/' : rest}`;
}

/** The opposite of toChromium. */
export function fromChromium(url: string): string {
  const [, host, scheme, rest] = shape.exec(url) ?? [];
  return host === undefined ? url : `${scheme}://${host}${rest}`;
}

const shape = new RegExp(`^http://(.+)\\.([^./]+)${ending.replaceAll('.', '\\.')}(.*)$`, 's');

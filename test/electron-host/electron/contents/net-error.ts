/** Chromium's error numbers, for the failures an app can meet with its own pages. */
const numbers: Readonly<Record<string, number>> = {
  ERR_FAILED: -2,
  ERR_ABORTED: -3,
  ERR_FILE_NOT_FOUND: -6,
  ERR_ACCESS_DENIED: -10,
  ERR_BLOCKED_BY_CLIENT: -20,
  ERR_CONNECTION_REFUSED: -102,
  ERR_NAME_NOT_RESOLVED: -105,
  ERR_INVALID_URL: -300,
  ERR_UNKNOWN_URL_SCHEME: -302,
};

/** What loadURL rejects with: code and number are Chromium's. */
export class LoadError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly url: string;

  constructor(code: string, url: string) {
    super(`${code}: ${url.slice(0, 2048)} was not loaded`);
    this.name = 'LoadError';
    this.code = code;
    this.errno = numbers[code] ?? -2;
    this.url = url;
  }
}

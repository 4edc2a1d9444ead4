/** Width and height in points, and how many pixels a point has. */
export interface DisplaySize {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

const {
  ELECTRON_HOST_CHROMIUM = '/usr/bin/chromium',
  ELECTRON_HOST_DISPLAY = '1440x900@1',
  ELECTRON_HOST_MISUSE,
  ELECTRON_HOST_PACKAGED,
  ELECTRON_HOST_VERBOSE,
} = process.env;

/** What the environment may say to the stand-in; README.md lists the variables. */
export const settings = {
  chromium: ELECTRON_HOST_CHROMIUM,
  display: readDisplay(ELECTRON_HOST_DISPLAY),
  /** A file to write violations to, one JSON string a line. */
  misuseFile: ELECTRON_HOST_MISUSE,
  /** The app is to believe that it is installed, though it runs from its sources. */
  packaged: ELECTRON_HOST_PACKAGED === '1',
  /** Chromium's own chatter goes to stderr. */
  verbose: ELECTRON_HOST_VERBOSE === '1',
} as const;

function readDisplay(text: string): DisplaySize {
  const [, width, height, scale] = /^(\d+)x(\d+)@(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (width === undefined || height === undefined || scale === undefined) {
    throw new Error(`ELECTRON_HOST_DISPLAY is '${text}'; it has to read like 1440x900@2`);
  }
  return { width: Number(width), height: Number(height), scale: Number(scale) };
}

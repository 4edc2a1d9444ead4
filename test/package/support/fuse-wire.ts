/** What @electron/fuses looks for in a binary. */
const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');

/** The state of each fuse as Electron 45 is delivered, in the order of its build/fuses/fuses.json5; 1 is on. */
const delivered = {
  runAsNode: 1,
  cookieEncryption: 0,
  nodeOptions: 1,
  nodeCliInspect: 1,
  embeddedAsarIntegrityValidation: 0,
  onlyLoadAppFromAsar: 0,
  loadBrowserProcessSpecificV8Snapshot: 0,
  grantFileProtocolExtraPrivileges: 1,
  wasmTrapHandlers: 1,
} as const;

/** The bytes that a binary of Electron carries its fuses in: the sentinel, version 1, their number, a digit each. */
export function fuseWire(): Buffer {
  const states = Object.values(delivered);
  return Buffer.concat([sentinel, Buffer.from([1, states.length]), Buffer.from(states.join(''))]);
}

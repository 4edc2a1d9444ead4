/** Where macOS keeps what is talked about, in the words of System Settings. */
export const panes = {
  localNetwork: `System Settings > Privacy & Security > Local Network`,
  extensions: `System Settings > General > Login Items & Extensions > Network Extensions`,
} as const;

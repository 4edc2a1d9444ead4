/** Tools that are not as they were approved, on the command line and in the settings. */
export const toolChanges = () => ({
  kinds: { new: `new`, changed: `changed`, gone: `not listed any more` },
  held: `held back`,
  severity: { low: `minor`, medium: `worth a look`, high: `look before you approve` },
  parts: {
    title: `Title`,
    description: `Description`,
    inputSchema: `Input schema`,
    outputSchema: `Output schema`,
    annotations: `Annotations`,
    execution: `How it is called`,
    _meta: `Data for clients (_meta)`,
  },
  signs: {
    ambiguous: `Clients could read it in different ways.`,
    'does-more': `It says that it does more than before.`,
    'asks-less': `It says that it does less than before, so clients may no longer ask before they call it.`,
    'hidden-characters': `Its text has characters that do not show.`,
    'secret-places': `Its text names places where secrets are kept.`,
    secrecy: `Its text asks to keep something from you.`,
    instructions: `Its text tells the model what else to do.`,
  },
  notKept: `Only that it differs is known: a text is too long to be kept, holds a secret, or can be read in different ways.`,
  waiting: (count: number, held: number) =>
    `${count === 1 ? '1 tool is' : `${count} tools are`} not as approved${held === 0 ? '' : held === count ? ', and held back' : `, ${held} held back`}.`,
  /** In a server's row. */
  note: (count: number, held: number) =>
    held > 0
      ? held === 1
        ? `1 tool held back`
        : `${held} tools held back`
      : count === 1
        ? `1 tool has changed`
        : `${count} tools have changed`,
  label: `Changed tools`,
  differs: (name: string) => `What differs in ${name}`,
  approve: `Approve`,
  approveOne: (name: string) => `Approve ${name}`,
  approveAll: `Approve All`,
  changedAgain: (names: readonly string[]) => `Changed again since you looked, and not approved: ${names.join(', ')}`,
  mode: {
    label: `When tools change`,
    hint: `A tool that is held back is neither listed nor callable until you approve it. The choice counts once you save, an approval at once.`,
    words: { notice: `Show it, and serve them`, hold: `Hold them back` },
  },
  commandLine: {
    held: `held`,
    look: (command: string) => `To look at what has changed: ${command}`,
    none: (server: string) => `All tools of ${server} are as they were approved.`,
    toApprove: (command: string) => `To approve: ${command}`,
    approved: (names: readonly string[]) => `Approved: ${names.join(', ')}.`,
    different: (names: readonly string[], command: string) =>
      `These have changed again and are not approved: ${names.join(', ')}. Look at them: ${command}`,
    notWaiting: (server: string, name: string) => `No tool ${name} of ${server} waits for approval.`,
  },
});

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

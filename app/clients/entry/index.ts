export {
  argumentEdits,
  argumentListEdits,
  type EntryEdits,
  environmentEdits,
  type Form,
  formEdits,
  newEntry,
  withoutVariables,
} from './edits.ts';
export type { Entry, Launch, Program } from './entry.ts';
export { type Moved, movedServer } from './moved-server.ts';
export { readEntries } from './read-entries.ts';

export type { NamedAddress } from './addresses/address.ts';
export { addressesIn, allAddressesIn, isHere } from './addresses/find.ts';
export type { SyntaxFault } from './document/index.ts';
export type { Address, Entry, Launch, Program } from './entry/entry.ts';
export { type Moved, movedServer, type Started, startedServer } from './entry/moved-server.ts';
export {
  ClientFiles,
  type ClientFilesContext,
  type ForwardPlan,
  type FoundClient,
  type FoundServer,
} from './files/client-files.ts';
export { type Disk, systemDisk } from './files/disk.ts';
export type { Draft, DraftedFile } from './files/draft.ts';
export type { Applied } from './files/journal.ts';
export type { ChosenPlace } from './files/places.ts';
export { launched, nodeProbe, type Probes } from './launch/launcher.ts';
export { type Proposal, type ProposalReason, proposalSentence, proposeMode } from './launch/propose.ts';
export {
  type Endpoint,
  endpointUrl,
  type Gateway,
  hasOldToken,
  isRefused,
  leadsTo,
  type Mode,
  type OurMarks,
  ownToken,
  proxyUrl,
  serverInUrl,
  serverVariables,
} from './our-addresses.ts';
export { proxyLabel } from './plan/edits.ts';
export { type Consequences, entriesIn, type Plan, type Step } from './plan/plan.ts';
export { type DesiredMode, type EntryKey, isSameEntry, type ModeChange, type PlanEnvironment } from './plan/record.ts';
export { type Refusal, refusalSentence } from './plan/refusal.ts';
export {
  type ForwardCandidate,
  type ForwardWarning,
  forwardCandidates,
  forwardWarningSentence,
} from './plan/tcp-forward.ts';
export {
  CONTAINER_HOST,
  type DeepLink,
  type Field,
  type Snippet,
  type SnippetId,
  type SnippetRequest,
} from './snippet/snippet.ts';
export { snippet, snippets } from './snippet/snippets.ts';
export type { Client, ClientId, Home } from './table/client.ts';
export { CLIENTS } from './table/clients.ts';

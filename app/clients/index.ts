export { addressesIn, allAddressesIn, isHere, type NamedAddress } from './addresses/index.ts';
export type { SyntaxFault } from './document/index.ts';
export { type Entry, type Launch, type Moved, movedServer, type Program } from './entry/index.ts';
export {
  type Applied,
  ClientFiles,
  type ClientFilesContext,
  type Disk,
  type ForwardPlan,
  type FoundClient,
  type FoundServer,
  systemDisk,
} from './files/index.ts';
export { type Endpoint, endpointUrl, type Gateway, isRefused, leadsTo, proxyUrl, serverInUrl } from './gateway.ts';
export {
  hasOldToken,
  launched,
  type Mode,
  nodeProbe,
  type OurMarks,
  ownToken,
  type Probes,
  type Proposal,
  type ProposalReason,
  proposalSentence,
  proposeMode,
} from './launch/index.ts';
export {
  type DesiredMode,
  type EntryKey,
  type ForwardCandidate,
  type ForwardWarning,
  forwardCandidates,
  forwardWarningSentence,
  type ModeChange,
  type Plan,
  type PlanEnvironment,
  proxyLabel,
  type Refusal,
  refusalSentence,
} from './plan/index.ts';
export {
  type DeepLink,
  type Field,
  type Snippet,
  type SnippetId,
  type SnippetRequest,
  snippet,
  snippets,
} from './snippet/index.ts';
export { CLIENTS, type Client, type ClientId, type Home } from './table/index.ts';

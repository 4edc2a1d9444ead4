export { baseName, isMcpRemote, launched, readsProxyVariables } from './launcher.ts';
export { nodeProbe } from './node-version.ts';
export {
  type Probes,
  type Proposal,
  type ProposalReason,
  proposalSentence,
  proposeMode,
} from './propose.ts';
export {
  hasOldToken,
  type Mode,
  modeOf,
  OUR_VARIABLES,
  type OurMarks,
  ownExceptions,
  ownLabel,
  ownProxy,
  ownToken,
  PROXY_VARIABLES,
  proxyVariables,
} from './proxy-env.ts';

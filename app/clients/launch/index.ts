export { baseName, isMcpRemote, launched } from './launcher.ts';
export { type Mode, modeOf, type OurMarks } from './mode.ts';
export { readsProxyVariables } from './node-support.ts';
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
  OUR_VARIABLES,
  ownExceptions,
  ownLabel,
  ownProxy,
  ownToken,
  PROXY_VARIABLES,
  proxyVariables,
} from './proxy-env.ts';

export { type ClientApps, clientApps } from './client-apps.ts';
export { type ClientLogs, clientLogs } from './client-logs.ts';
export { ClientSetup, type ClientSetupContext } from './client-setup.ts';
export { rememberedProbes } from './remembered-probes.ts';
export { ServerChecks, type ServerChecksContext } from './server-checks.ts';

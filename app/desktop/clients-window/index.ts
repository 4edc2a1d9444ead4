export { type ClientApps, clientApps } from './client-apps.ts';
export { type ClientLogs, clientLogs } from './client-logs.ts';
export { ClientSetup, type ClientSetupContext } from './client-setup.ts';
export { rememberedProbes, ServerChecks, type ServerChecksContext } from './server-checks.ts';

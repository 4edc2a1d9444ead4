export { AppController, type AppControllerOptions } from './app-controller.ts';
export { clientApps, clientLogs } from './clients-window/client-apps.ts';
export { ClientSetup } from './clients-window/client-setup.ts';
export { rememberedProbes, ServerChecks } from './clients-window/server-checks.ts';
export { controlledApp } from './controlled.ts';
export { diagnosticsText, LINES_IN_DIAGNOSTICS } from './diagnostics.ts';
export { findHomeAssistants } from './found-remotes.ts';
export { Removals } from './removals.ts';
export { SignIns } from './sign-ins.ts';

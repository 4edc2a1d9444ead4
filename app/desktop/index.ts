export { type AppControllerOptions, Operation } from './app-controller.ts';
export { controlledApp } from './controlled.ts';
export { diagnosticsText, LINES_IN_DIAGNOSTICS } from './diagnostics.ts';

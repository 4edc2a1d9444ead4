export { AppController, type AppControllerOptions } from './app-controller.ts';
export { controlledApp } from './controlled.ts';
export { diagnosticsText, LINES_IN_DIAGNOSTICS } from './diagnostics.ts';

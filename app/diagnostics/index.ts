export { type DiagnosticsFacts, diagnosticsText, LINES_IN_DIAGNOSTICS } from './diagnostics.ts';

export { type FactRow, factRow, factRows } from './fact-rows.ts';
export { type Finding, findingsIn } from './finding-facts.ts';
export { cleaner, headLines, jsonReport, type Report, reportOf, summaryOf } from './report.ts';

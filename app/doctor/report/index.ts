export { cleaner } from './clean.ts';
export { type FactRow, factRow, factRows } from './fact-rows.ts';
export { type Finding, findingsIn } from './findings.ts';
export { jsonReport } from './json.ts';
export { headLines, type Report, reportOf, summaryOf } from './report.ts';

export { controlledApp } from './controlled.ts';
export { Operation, type OperationOptions } from './operation.ts';

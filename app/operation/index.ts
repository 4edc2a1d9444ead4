export { Operation, type OperationOptions } from './operation.ts';

export { readIdentity } from './identity.ts';
export { Permission, type PermissionMemory, type PermissionOptions } from './permission.ts';
export { type Network, systemNetwork } from './probes.ts';
export type { PermissionState, PermissionView, TriedTarget } from './state.ts';

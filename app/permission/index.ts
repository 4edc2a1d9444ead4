export { readIdentity } from './identity.ts';
export { type Network, systemNetwork } from './network.ts';
export { Permission, type PermissionMemory, type PermissionOptions } from './permission.ts';
export type { PermissionState } from './state.ts';
export type { PermissionView, TriedTarget } from './view.ts';

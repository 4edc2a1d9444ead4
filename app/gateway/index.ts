export { Descriptors } from './descriptors.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export type { ClientIdentity, TokenUse } from './guard.ts';
export { CALLBACK_PATH } from './oauth-callback.ts';
export { PortTakenError } from './port.ts';
export { isForwarded } from './reverse-proxy.ts';
export type { Page, Routes, Upgrade } from './router.ts';

export { Descriptors } from './descriptors.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export { type ClientIdentity, isForwarded, type TokenUse } from './guard.ts';
export { CALLBACK_PATH } from './oauth-callback.ts';
export { PortTakenError } from './port.ts';
export type { Page, Routes, Upgrade } from './router.ts';

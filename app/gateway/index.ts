export { Descriptors } from './descriptors.ts';
export { createGateway, type Gateway, type GatewayOptions, PortTakenError } from './gateway.ts';
export type { Caller, TokenUse } from './guard.ts';
export type { Offer, Page, Routes } from './router.ts';

export type { Caller } from './caller.ts';
export { Descriptors } from './descriptors.ts';
export { createGateway, type Gateway, type GatewayOptions, PortTakenError } from './gateway.ts';
export type { TokenUse } from './guard.ts';
export type { Offer, Page, Routes } from './router.ts';

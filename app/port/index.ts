export { askGangway, type Question, type Reply } from './ask.ts';
export { firstFreePort, freePortAfter } from './free-port.ts';
export { isLoopback } from './loopback.ts';
export { type PortHolder, portHolder } from './port-holder/index.ts';

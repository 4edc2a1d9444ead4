export { askGangway, type PortProbe, type Reply, reachable } from './ask.ts';
export { firstFreePort, freePortAfter } from './free-port.ts';
export { type PortHolder, portHolder } from './port-holder/port-holder.ts';

export { type PortHolder, portHolder } from './port-holder.ts';

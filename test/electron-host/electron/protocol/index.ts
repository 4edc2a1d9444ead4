export { customAddresses, fromChromium } from './address.ts';
export { answerCustomScheme, chromiumAddress, protocol } from './protocol.ts';

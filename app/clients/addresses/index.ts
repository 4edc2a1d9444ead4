export { type NamedAddress, placeNames } from './address.ts';
export { addressesIn, allAddressesIn, isHere } from './find.ts';
export { type Protocol, protocolNamed } from './protocols.ts';
export { redirected } from './redirect.ts';

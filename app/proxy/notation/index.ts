/** How targets and proxies are written: all of this room that the command line needs before it knows what to do. */
export { isHostName, parseAuthority } from '../authority.ts';
export { parseParent } from '../dial/route.ts';

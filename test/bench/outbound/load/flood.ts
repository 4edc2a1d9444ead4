import { openTunnel } from './tunnel.ts';

/**
 * A program of its own: `flood.ts PROXY ORIGIN` (PROXY 0 for none) downloads as fast as it can until it is killed, and
 * prints a line once bytes flow. Its own process, so that its reading never delays whoever measures beside it.
 */
const [proxy, origin] = process.argv.slice(2).map(Number);
let flows = false;
await openTunnel({ proxy: proxy || null, origin: origin ?? 0 }, 'send', () => {
  if (!flows) process.stdout.write('flows\n');
  flows = true;
});

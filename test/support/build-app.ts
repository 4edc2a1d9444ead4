import { buildParts } from '../../build/build.ts';

/** Builds the app and its command line once for all specs that run it, from the sources as they are now; `setup` is what Vitest calls. */
export async function setup(): Promise<void> {
  await buildParts(['cli', 'app']);
}

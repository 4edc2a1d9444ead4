import { randomBytes } from 'node:crypto';
import type { CdpSession } from '../../chromium/index.ts';
import { isolatedWorld, pageWorldScript, preloadWorldScript, sendName } from '../../renderer/index.ts';
import { appearance } from '../appearance.ts';
import { runningChromium } from '../runtime.ts';
import type { Preload } from './preload-file.ts';

/** A page of Chromium, not shown anything yet. */
export interface Page {
  readonly cdp: CdpSession;
  readonly targetId: string;
}

/** @param attached called as soon as the page is attached, before any event can be missed */
export async function openPage(
  size: { readonly width: number; readonly height: number },
  preload: Preload | undefined,
  attached: (cdp: CdpSession) => void,
): Promise<Page> {
  const { browser, userAgent } = runningChromium();
  const { connection } = browser;
  const { width, height } = size;
  const target = { url: 'about:blank', newWindow: true, width, height };
  const { targetId } = await connection.root.send('Target.createTarget', target);
  const { sessionId } = await connection.root.send('Target.attachToTarget', { targetId, flatten: true });
  const cdp = connection.session(sessionId);
  attached(cdp);
  await Promise.all([
    cdp.send('Page.enable'),
    cdp.send('Page.setLifecycleEventsEnabled', { enabled: true }),
    cdp.send('Runtime.enable'),
    cdp.send('Inspector.enable'),
    cdp.send('Emulation.setUserAgentOverride', { userAgent, platform: 'MacIntel' }),
    cdp.send('Emulation.setEmulatedMedia', { features: appearance.mediaFeatures }),
    ...(preload === undefined ? [] : install(cdp, preload)),
  ]);
  return { cdp, targetId };
}

function install(cdp: CdpSession, { source, process }: Preload): Promise<unknown>[] {
  const secret = randomBytes(8).toString('hex');
  return [
    cdp.send('Runtime.addBinding', { name: sendName, executionContextName: isolatedWorld }),
    cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: pageWorldScript(secret) }),
    cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      source: preloadWorldScript(secret, process, source),
      worldName: isolatedWorld,
    }),
  ];
}

import type * as Electron from 'electron';
import type { CdpPayload } from '../../chromium/index.ts';
import { violation } from '../../contract/violations.ts';
import { fromChromium } from '../protocol/index.ts';

export type WindowOpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];

/**
 * A page has called window.open or followed a link to a window of its own. Chromium opens that at once and the boot
 * closes it; what counts is the app's answer.
 */
export function askAboutWindow(
  handler: WindowOpenHandler,
  { url: address, windowName, windowFeatures }: CdpPayload<'Page.windowOpen'>,
): void {
  const url = fromChromium(address);
  const { action } = handler({
    url,
    frameName: windowName === '_blank' ? '' : windowName,
    features: windowFeatures.join(','),
    disposition: windowName === '_blank' ? 'foreground-tab' : 'new-window',
    referrer: { url: '', policy: 'strict-origin-when-cross-origin' },
  });
  if (action !== 'deny') violation(`A page opened a window for ${url}: child windows are not simulated, deny them`);
}

import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules that look at colours. The dark theme changes colours and nothing else: see renderer/style/theme.css. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/**
 * What axe-core finds, in words: in the light theme by all its rules, in the dark one, which has the same elements, by those
 * that look at colours.
 */
export async function problemsOf(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>('window.axe !== undefined'))) await page.evaluate(axe);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await run(page, {});
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await run(page, { runOnly: { type: 'rule', values: COLOUR_RULES } });
  return [...light.map((problem) => `light: ${problem}`), ...dark.map((problem) => `dark: ${problem}`)];
}

async function run(page: Page, options: object): Promise<readonly string[]> {
  // Of what is no violation, axe-core need not describe every element.
  const wishes = JSON.stringify({ ...options, resultTypes: ['violations'] });
  const violations = await page.evaluate<readonly Violation[]>(`axe.run(${wishes}).then((found) => found.violations)`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}

import type * as Electron from 'electron';
import { violation } from '../../contract/violations.ts';

export type TemplateEntry = Electron.MenuItemConstructorOptions | Electron.MenuItem;

const placements = ['before', 'after', 'beforeGroupContaining', 'afterGroupContaining'];

/**
 * The entries of a template as they will be shown: macOS draws no separator first, last or twice in a row.
 * @throws TypeError when it is no template
 */
export function shownEntries(template: unknown): readonly TemplateEntry[] {
  if (!Array.isArray(template)) throw new TypeError('A menu template is an array');
  const entries = template.map(checkEntry);
  if (entries.some((entry) => placements.some((name) => name in entry))) {
    violation('Menu.buildFromTemplate: before, after and their kin are not simulated');
  }
  const kept = entries.filter((entry, at) => !isLine(entry) || (at > 0 && !isLine(entries[at - 1])));
  if (isLine(kept.at(-1))) kept.pop();
  return isLine(kept[0]) ? kept.slice(1) : kept;
}

function checkEntry(entry: unknown): TemplateEntry {
  if (isEntry(entry)) return entry;
  throw new TypeError('An entry of a menu template has a label, a role, or the type separator');
}

function isEntry(entry: unknown): entry is TemplateEntry {
  if (typeof entry !== 'object' || entry === null) return false;
  return 'label' in entry || 'role' in entry || ('type' in entry && entry.type === 'separator');
}

function isLine(entry: TemplateEntry | undefined): boolean {
  return entry?.type === 'separator' && entry.visible !== false;
}

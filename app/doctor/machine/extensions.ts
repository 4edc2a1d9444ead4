import type { ExtensionFacts } from '../facts.ts';
import type { CommandOutput } from '../run-command.ts';

const NETWORK = 'com.apple.system_extension.network_extension';

/**
 * The network extensions in `systemextensionsctl list`: sections that begin with `---` and the category, then rows of six
 * columns between tabs: enabled, active, team, `bundle (version)`, name, `[state]`.
 */
export function readExtensions({ stdout, fault }: CommandOutput): readonly ExtensionFacts[] | null {
  if (fault !== null) return null;
  const found: ExtensionFacts[] = [];
  let section = '';
  for (const line of stdout.split('\n')) {
    if (line.startsWith('---')) section = line;
    if (!section.includes(NETWORK) || line.startsWith('enabled\t')) continue;
    const [enabled = '', , team = '', bundle = '', name = '', state = ''] = line.split('\t').map((cell) => cell.trim());
    const parts = /^(\S+) \((.*)\)$/.exec(bundle);
    if (parts === null) continue;
    const [, bundleId = '', version = ''] = parts;
    found.push({
      bundleId,
      name,
      team,
      version: version.split('/')[0] ?? '',
      state: state.replace(/^\[|\]$/g, ''),
      enabled: enabled === '*',
    });
  }
  return found;
}

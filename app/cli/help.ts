import type { Text } from '../i18n/index.ts';
import { columns } from './columns.ts';
import { letterOf, OPTION_NAMES } from './options.ts';

/** The help text: how the program is called, and one line an option. */
export function helpText(version: string, text: Text): string {
  const words = text.cliUsage;
  const rows = OPTION_NAMES.map((name) => {
    const { form, says } = words.options[name];
    const letter = letterOf(name);
    return { says, option: `${letter === null ? '    ' : `-${letter}, `}--${name}${form === '' ? '' : ` ${form}`}` };
  });
  const width = Math.max(...rows.map(({ option }) => option.length));
  const indent = ' '.repeat(columns(words.usage));
  return [
    words.title(version),
    '',
    ...Object.values(words.forms).map((form, index) => `${index === 0 ? words.usage : indent}mcp-gangway ${form}`),
    '',
    ...rows.map(({ option, says }) => `  ${option.padEnd(width)}  ${says}`),
    '',
  ].join('\n');
}

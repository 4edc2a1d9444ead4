import { describe, expect, it } from 'vitest';
import { ownPart } from '../../../renderer/clients-window/model.ts';

describe('Two files of one client are told apart', () => {
  it.each([
    ['~/.config/kilo/kilo.jsonc', '~/.config/kilo/kilo.json', 'kilo.jsonc', 'kilo.json'],
    ['~/.local/share/Jan/data/mcp_config.json', '~/.config/Jan/data/mcp_config.json', '.local/share', '.config'],
    [
      '~\\Roaming\\Claude\\c.json',
      '~\\Local\\Pack\\Roaming\\Claude\\c.json',
      '~\\Roaming\\Claude\\c.json',
      'Local/Pack',
    ],
    ['~/.cline/mcp.json', '~/Library/Cline/settings/mcp.json', '.cline', 'Library/Cline/settings'],
  ])('%s and %s', (one, other, ofOne, ofOther) => {
    expect(ownPart(one, [other])).toBe(ofOne);
    expect(ownPart(other, [one])).toBe(ofOther);
  });

  it('among three, by what not all of them share', () => {
    expect(ownPart('~/a/x/f', ['~/a/y/f', '~/b/x/f'])).toBe('a/x');
  });
});

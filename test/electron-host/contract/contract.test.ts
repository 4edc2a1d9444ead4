import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDeclarations } from './declarations.ts';
import { declarationsFile, membersFile } from './files.ts';
import { formatTable, parseTable } from './table.ts';

describe('the table of members', () => {
  it('says what electron.d.ts says; after an upgrade, write-members.ts writes it anew', () => {
    expect(fs.readFileSync(membersFile, 'utf8')).toBe(formatTable(fs.readFileSync(declarationsFile, 'utf8')));
  });

  it('is read back as it was written', () => {
    expect(parseTable('Tray method setImage\nTray event click\n')).toEqual(
      new Map([['Tray', { methods: ['setImage'], statics: [], properties: [], events: ['click'] }]]),
    );
  });
});

describe('reading electron.d.ts', () => {
  const text = [
    '  class BaseThing extends NodeEventEmitter {',
    "    on(event: 'closed', listener: () => void): this;",
    '    /**',
    '     * hidden(): void;',
    '     */',
    '    close(): void;',
    '  }',
    '  class Thing extends BaseThing {',
    '    static make<T extends object>(from: T): Thing;',
    '    readonly id: number;',
    '    title?: string;',
    '  }',
    '  namespace Main {',
    '  class Thing extends Electron.Thing {}',
  ].join('\n');

  it('finds members, statics, properties and events, those of the parent too, and none in comments', () => {
    expect(readDeclarations(text).get('Thing')).toEqual({
      methods: ['close'],
      statics: ['make'],
      properties: ['id', 'title'],
      events: ['closed'],
    });
  });
});

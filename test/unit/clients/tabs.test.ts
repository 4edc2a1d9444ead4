import { describe, expect, it } from 'vitest';
import { nested } from '../../../app/clients/document/index.ts';
import { CLIENTS, type DesiredMode } from '../../../app/clients/index.ts';
import type { ReadFile } from '../../../app/clients/plan/ground.ts';
import { planEntry, planUndo } from '../../../app/clients/plan/plan.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';

const MODES: readonly DesiredMode[] = [
  { kind: 'through' },
  { kind: 'run', by: 'shim' },
  { kind: 'run', by: 'address' },
];
const JSON_CLIENTS = CLIENTS.filter(({ format }) => format === 'json');

describe('A file that is indented with tabs', () => {
  it.each(JSON_CLIENTS.map((client) => [client.title, client] as const))(
    'of %s stays so, and comes back',
    (_, client) => {
      const { stdio } = client;
      const holder = client.servers[0] ?? [];
      const line = stdio.args === null ? { command: ['uvx', 'nas-mcp'] } : { command: 'uvx', args: ['nas-mcp'] };
      const entries = { nas: { ...stdio.fixed, ...line, [stdio.env]: { A: '1' } }, ha: { url: 'http://ha.lan/mcp' } };
      for (const eol of ['\n', '\r\n']) {
        const text = `${JSON.stringify(nested(holder, entries), null, '\t').replaceAll('\n', eol)}${eol}`;
        const read: ReadFile = { client, file: 'f', fileIndex: 0, bytes: Buffer.from(text), record: null, mode: null };
        let changes = 0;
        for (const name of ['nas', 'ha']) {
          for (const desired of MODES) {
            const made = planEntry(read, { holder, name }, desired, '24.21.0', ENVIRONMENT);
            if (made.kind === 'refused') {
              expect(made.refusal.kind).toMatch(/^(?:address|no-addresses)$/);
              continue;
            }
            if (made.kind !== 'change') throw new Error(made.kind);
            changes += 1;
            const after = Buffer.from(made.bytes).toString();
            expect(after.split(eol).filter((each) => /^\t* |\n|\r/.test(each))).toEqual([]);
            const undo = planUndo({ ...read, bytes: made.bytes, record: made.record });
            expect(undo.kind === 'change' && Buffer.from(undo.bytes).toString()).toBe(text);
          }
        }
        expect(changes).toBeGreaterThan(2);
      }
    },
  );
});

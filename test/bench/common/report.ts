import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { GANGWAY } from './gangway.ts';
import { describeTarget, type Row, type Table } from './results.ts';
import { markdown, misses } from './table.ts';

const FOLDER = new URL('../../../out/bench/', import.meta.url);

/** Prints the tables as Markdown with what was missed below, and keeps the numbers in out/bench/<name>.json. */
export function report(name: string, all: readonly Table[]): void {
  const tables = all.filter(({ rows }) => rows.length > 0);
  const machine = `${cpus().length} cores, ${process.platform}, Node ${process.versions.node}`;
  const missed = tables.flatMap((table) => misses(table, GANGWAY));
  const text = tables.map(markdown).join('\n\n');
  process.stdout.write(`\n${text}\n\n${machine}\n`);
  process.stdout.write(missed.length > 0 ? `\nMissed by ${GANGWAY}:\n- ${missed.join('\n- ')}\n` : '');

  mkdirSync(FOLDER, { recursive: true });
  const file = new URL(`${name}.json`, FOLDER);
  writeFileSync(file, `${JSON.stringify({ machine, tables: tables.map(plain) }, null, 2)}\n`);
  process.stdout.write(`\nNumbers: ${fileURLToPath(file)}\n`);
}

function plain({ title, subjects, rows }: Table): object {
  return { title, subjects, rows: rows.map(plainRow) };
}

function plainRow({ label, cells, target }: Row): object {
  return { label, cells: Object.fromEntries(cells), ...(target && { target: describeTarget(target) }) };
}

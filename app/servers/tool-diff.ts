import { type ComparedLine, compareLines } from '../base/line-diff.ts';
import { plainLine } from '../base/unseen.ts';
import { partsIn, TOOL_PARTS, type ToolPart } from './tool-shape.ts';

/** A line of a part of a tool. `gap` stands for lines that are the same and not shown: its text is empty. */
export interface DiffLine {
  readonly kind: ComparedLine['kind'] | 'gap';
  readonly text: string;
}

/** A part of a tool that has changed, line by line. */
export interface PartDiff {
  readonly part: ToolPart;
  readonly lines: readonly DiffLine[];
}

/** Lines that are the same and shown on either side of a change. */
const AROUND = 3;
/** Lines that are compared with one another; of longer parts all are shown as removed and added. */
const MOST_LINES = 1500;

/** What differs between two texts of a tool, as in `ToolShape.text`: in each part that has changed. An empty text is that of no tool. */
export function toolDiff(before: string, after: string): readonly PartDiff[] {
  const [was, is] = [partsIn(before || '{}'), partsIn(after || '{}')];
  return TOOL_PARTS.flatMap((part) => {
    const [old, now] = [linesOf(was[part]), linesOf(is[part])];
    const lines = compareLines(old, now, (removed, added) => removed + added > MOST_LINES);
    return lines.some(({ kind }) => kind === 'removed' || kind === 'added') ? [{ part, lines: shortened(lines) }] : [];
  });
}

/** A description as it is written, anything else as indented JSON; what does not show is written out: what is approved must be seen. */
function linesOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.split(/\r\n|[\r\n\u2028\u2029]/).map(plainLine);
}

function shortened(lines: readonly ComparedLine[]): readonly DiffLine[] {
  const shown = new Set<number>();
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue;
    for (let near = index - AROUND; near <= index + AROUND; near++) shown.add(near);
  }
  return lines.flatMap((line, index): readonly DiffLine[] => {
    if (shown.has(index)) return [line];
    return index === 0 || shown.has(index - 1) ? [{ kind: 'gap', text: '' }] : [];
  });
}

import type { Holder } from './holder.ts';

/** Arguments that make lsof name the listener of a port in a form for programs: one field a line, no look-ups. */
export function lsofArguments(port: number): readonly string[] {
  return ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
}

/** The first process of lsof's field output (lsof(8), "OUTPUT FOR OTHER PROGRAMS"): `p123` and then `cname`. */
export function holderInLsof(output: string): Holder | null {
  const pid = Number(/^p(\d+)$/m.exec(output)?.[1]);
  if (!Number.isInteger(pid)) return null;
  // lsof writes a blank in a command's name as \x20.
  const name = (/^c(.*)$/m.exec(output)?.[1] ?? '').replace(/\\x([0-9a-f]{2})/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { pid, name };
}

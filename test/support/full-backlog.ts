import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PYTHON } from './programs.ts';

/** A port on loopback that does not answer: neither with a connection nor with a refusal. */
export async function startSilentPort(): Promise<{ readonly port: number; [Symbol.asyncDispose](): Promise<void> }> {
  const script = join(import.meta.dirname, '../fixtures/full-backlog.py');
  const child = spawn(PYTHON, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line]: unknown[] = await once(child.stdout, 'data');
  return {
    port: Number(line),
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'close');
      child.kill();
      await gone;
    },
  };
}

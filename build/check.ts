// The types and the lint rules, beside each other: node build/check.ts. Exits with 1 when either finds fault.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

async function passes(script: string): Promise<boolean> {
  // npm is a script of the shell on Windows.
  const run = spawn(`npm run --silent ${script}`, { shell: true, stdio: 'inherit' });
  const [code]: unknown[] = await once(run, 'close');
  return code === 0;
}

const results = await Promise.all(['typecheck', 'lint'].map(passes));
process.exitCode = results.every(Boolean) ? 0 : 1;

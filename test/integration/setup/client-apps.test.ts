import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clientApps } from '../../../app/desktop/clients-window/client-apps.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A folder for the PATH with the programs of macOS that quit and open apps, doing as they are told. */
function programs(quit: string, open = 'exit 0'): { readonly env: NodeJS.ProcessEnv; asked(): string } {
  const folder = temporaryDirectory();
  const notes = join(folder, 'notes');
  const program = (name: string, body: string): void =>
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" | tail -n 1 >> '${notes}'\n${body}\n`, {
      mode: 0o755,
    });
  program('osascript', quit);
  program('open', open);
  return { env: { PATH: `${folder}:/usr/bin:/bin` }, asked: () => readFileSync(notes, 'utf8') };
}

describe.skipIf(process.platform === 'win32')('Restarting a client', () => {
  it('asks it to quit, waits until it is gone, and opens it again', async () => {
    const { env, asked } = programs('echo gone');
    expect(await clientApps('darwin', env).restart('claude-desktop')).toEqual({ kind: 'restarted' });
    expect(asked()).toMatch(/com\.anthropic\.claudefordesktop \d+\nopen -b com\.anthropic\.claudefordesktop\n$/);
  });

  it('opens one that was not running', async () => {
    const { env } = programs('echo none');
    expect(await clientApps('darwin', env).restart('claude-desktop')).toEqual({ kind: 'opened' });
  });

  it('does not open a second one beside one that stays', async () => {
    const { env, asked } = programs('echo open');
    expect(await clientApps('darwin', env).restart('claude-desktop')).toEqual({ kind: 'still-open' });
    expect(asked()).not.toContain('open -b');
  });

  it('says what the system says when it cannot be done', async () => {
    const unable = programs('echo gone', 'echo "Unable to find application" >&2; exit 1');
    expect(await clientApps('darwin', unable.env).restart('claude-desktop')).toEqual({
      kind: 'failed',
      reason: 'Unable to find application',
    });
    const denied = programs('echo "execution error: not allowed (-1743)" >&2; exit 1');
    expect(await clientApps('darwin', denied.env).restart('claude-desktop')).toMatchObject({ kind: 'failed' });
    expect(denied.asked()).not.toContain('open -b');
  });

  it('is offered only where it is known how', () => {
    expect(clientApps('darwin', {}).canRestart('claude-desktop')).toBe(true);
    expect(clientApps('darwin', {}).canRestart('claude-code')).toBe(false);
    expect(clientApps('linux', {}).canRestart('claude-desktop')).toBe(false);
  });
});

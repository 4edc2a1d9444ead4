import { describe, expect, it } from 'vitest';
import { rememberedProbes } from '../../../app/desktop/clients-window/server-checks.ts';

describe('Asking a program for its version', () => {
  it('happens once a minute, however often it is wanted, and for each program', async () => {
    const asked: string[] = [];
    let now = 0;
    const probes = rememberedProbes(
      {
        nodeVersion: async (command) => {
          asked.push(command);
          return '24.21.0';
        },
      },
      () => now,
    );
    await Promise.all([probes.nodeVersion('npx'), probes.nodeVersion('npx'), probes.nodeVersion('/opt/node')]);
    expect(asked).toEqual(['npx', '/opt/node']);
    now = 59_999;
    expect(await probes.nodeVersion('npx')).toBe('24.21.0');
    now = 60_000;
    await probes.nodeVersion('npx');
    expect(asked).toEqual(['npx', '/opt/node', 'npx']);
  });
});

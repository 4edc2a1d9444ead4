import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createLog } from '../../../app/log/index.ts';
import { readIdentity } from '../../../app/permission/index.ts';
import { machO } from '../../package/support/mach-o.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'gangway-identity-'));
const { log } = createLog({ level: 'error' });

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const place = path.join(folder, name);
  writeFileSync(place, content);
  return place;
}

const plist = `<?xml version="1.0"?><plist><dict>
  <key>ProductBuildVersion</key>
  <string>25A354</string>
  <key>ProductVersion</key><string>26.0</string>
</dict></plist>`;

describe('The identity of the app', () => {
  it('is its version, the UUID of its program and the build of macOS', () => {
    const executable = file('program', machO(Buffer.alloc(16, 0xab)));
    const systemVersion = file('SystemVersion.plist', plist);
    expect(readIdentity({ version: '1.2.3', executable, systemVersion, log })).toEqual({
      system: '25A354',
      program: '1.2.3 ABABABAB-ABAB-ABAB-ABAB-ABABABABABAB',
    });
  });

  it('does without what cannot be read', () => {
    const executable = file('script', '#!/bin/sh\n');
    const systemVersion = path.join(folder, 'missing');
    const { system, program } = readIdentity({ version: '1.2.3', executable, systemVersion, log });
    expect(program).toBe('1.2.3');
    expect(system).not.toBe('');
  });
});

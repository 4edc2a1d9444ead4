import { chmodSync, existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rememberedCipher } from '../../../app/base/cipher.ts';
import { SignInFile } from '../../../app/servers/index.ts';
import { NO_SIGN_INS, type Registration } from '../../../app/servers/remote/sign-in/stored-sign-ins.ts';
import { systemKey } from '../../support/system-key.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const registration = (issuer: string): Registration => ({
  issuer,
  redirectUri: 'http://127.0.0.1:1/oauth/callback',
  id: 'client',
  secret: 'secret-of-a-client',
  method: 'client_secret_basic',
  expiresAt: null,
});

const add = (issuer: string) => (kept: typeof NO_SIGN_INS) => ({
  ...kept,
  registrations: [...kept.registrations, registration(issuer)],
});

describe('The file of sign-ins', () => {
  test('is made with its folder, for its owner alone, and read again', async () => {
    const path = join(temporaryDirectory(), 'app', 'sign-ins.json');
    expect(await new SignInFile(path).read()).toEqual(NO_SIGN_INS);
    await new SignInFile(path).change(add('https://a.example'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await new SignInFile(path).read()).toEqual({
      ...NO_SIGN_INS,
      registrations: [registration('https://a.example')],
    });
    expect(readdirSync(join(path, '..'))).toEqual(['sign-ins.json']);
  });

  test('that other accounts may read is not used, and says so', async () => {
    const path = join(temporaryDirectory(), 'sign-ins.json');
    await new SignInFile(path).change(add('https://a.example'));
    chmodSync(path, 0o644);
    const fault = { fault: { kind: 'store', code: 'too-wide', file: path } };
    await expect(new SignInFile(path).read()).rejects.toMatchObject(fault);
    await expect(new SignInFile(path).change(add('https://b.example'))).rejects.toMatchObject(fault);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('that is damaged is kept aside', async () => {
    const path = join(temporaryDirectory(), 'sign-ins.json');
    writeFileSync(path, '{"registrations": [', { mode: 0o600 });
    expect(await new SignInFile(path).read()).toEqual(NO_SIGN_INS);
    expect(readFileSync(`${path}.unreadable`, 'utf8')).toContain('registrations');
  });

  test('loses nothing when two processes write it at once', async () => {
    const path = join(temporaryDirectory(), 'sign-ins.json');
    const issuers = Array.from({ length: 10 }, (_, index) => `https://${index}.example`);
    const stores = [new SignInFile(path), new SignInFile(path)];
    await Promise.all(issuers.map((issuer, index) => stores[index % 2]?.change(add(issuer))));
    const { registrations } = await new SignInFile(path).read();
    expect(registrations.map(({ issuer }) => issuer).sort()).toEqual(issuers);
  });

  test('is not held up by the lock of a process that has ended', async () => {
    const path = join(temporaryDirectory(), 'sign-ins.json');
    writeFileSync(`${path}.lock`, '');
    utimesSync(`${path}.lock`, new Date(0), new Date(0));
    await new SignInFile(path).change(add('https://a.example'));
    expect((await new SignInFile(path).read()).registrations).toHaveLength(1);
  });

  test('is encrypted where there is a key, and stays as it is while that key is locked', async () => {
    const path = join(temporaryDirectory(), 'sign-ins.json');
    const cipher = {
      seal: async (text: string) => Buffer.from(text).toString('hex'),
      open: async (sealed: string) => Buffer.from(sealed, 'hex').toString(),
    };
    await new SignInFile(path, async () => cipher).change(add('https://a.example'));
    expect(readFileSync(path, 'utf8')).not.toMatch(/secret-of-a-client|a\.example/);
    expect((await new SignInFile(path, async () => cipher).read()).registrations).toHaveLength(1);
    const locked = { ...cipher, open: () => Promise.reject(new Error('locked')) };
    const before = readFileSync(path, 'utf8');
    await expect(new SignInFile(path, async () => locked).read()).rejects.toMatchObject({ fault: { code: 'locked' } });
    await expect(new SignInFile(path).change(add('https://b.example'))).rejects.toMatchObject({
      fault: { code: 'locked' },
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('is read as soon as its key is there, without a new start', async () => {
    const path = join(temporaryDirectory(), 'sign-ins.json');
    const { cipher } = systemKey();
    let isOpen = true;
    let warnings = 0;
    const source = rememberedCipher(
      async () => (isOpen ? cipher() : null),
      () => warnings++,
    );
    await new SignInFile(path, source).change(add('https://a.example'));
    isOpen = false;
    const later = rememberedCipher(
      async () => (isOpen ? cipher() : null),
      () => warnings++,
    );
    const file = new SignInFile(path, later);
    for (let time = 0; time < 2; time += 1) {
      await expect(file.read()).rejects.toMatchObject({ fault: { code: 'locked' } });
    }
    expect(warnings).toBe(1);
    isOpen = true;
    expect((await file.read()).registrations).toHaveLength(1);
  });

  test('that cannot be written says so', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 'sign-ins.json');
    await expect(new SignInFile(path).change(add('https://a.example'))).rejects.toMatchObject({
      fault: { kind: 'store', file: path, code: expect.stringMatching(/^ENOTDIR|EEXIST$/) },
    });
  });
});

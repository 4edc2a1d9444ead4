import { expect, it } from 'vitest';
import { DEFAULT_STORED, SharedFile, type Stored } from '../../../app/settings/index.ts';

const withPort = (port: number, stored: Stored = DEFAULT_STORED): Stored => ({
  ...stored,
  settings: { ...stored.settings, port },
});

it('What another process wrote to the settings file is noticed once, and our own writes are not', () => {
  let file = JSON.stringify(DEFAULT_STORED);
  const shared = new SharedFile(DEFAULT_STORED, () => JSON.parse(file));
  expect(shared.takeOver()).toBeNull();
  const own = { ...DEFAULT_STORED, habits: { ...DEFAULT_STORED.habits, on: true } };
  shared.beforeWrite(own);
  file = JSON.stringify(own);
  expect(shared.takeOver()).toBeNull();
  file = JSON.stringify(withPort(28_099));
  expect(shared.takeOver()).toMatchObject({ port: 28_099 });
  expect(shared.takeOver()).toBeNull();
});

it('What another process wrote to the settings file outlives a write of our own that knew nothing of it', () => {
  let file = JSON.stringify(withPort(28_099));
  const shared = new SharedFile(DEFAULT_STORED, () => JSON.parse(file));
  shared.beforeWrite(DEFAULT_STORED);
  file = JSON.stringify(DEFAULT_STORED);
  expect(shared.takeOver()).toMatchObject({ port: 28_099 });
});

it('A settings file that cannot be understood at the moment is no change', () => {
  const shared = new SharedFile(DEFAULT_STORED, () => undefined);
  expect(shared.takeOver()).toBeNull();
});

import type * as Electron from 'electron';
import { absentModule } from '../contract/unsimulated.ts';

/** A Linux session without a keyring, where Electron would take a password from its own source. */
const known = {
  getSelectedStorageBackend: () => 'basic_text',
  isAsyncEncryptionAvailable: async () => false,
} satisfies Pick<typeof Electron.safeStorage, 'getSelectedStorageBackend' | 'isAsyncEncryptionAvailable'>;

const absent = absentModule('safeStorage');

/** Nothing is encrypted: what else is asked of it says that it is not simulated. */
export const safeStorage = new Proxy(known, {
  get: (target, key) => (Object.hasOwn(target, key) ? Reflect.get(target, key) : Reflect.get(absent, key)),
});

import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { app, safeStorage } from 'electron';
import { type Cipher, type CipherSource, rememberedCipher } from '../app/base/cipher.ts';
import { AppController, notSavedProblem } from '../app/desktop/index.ts';
import {
  AnswersFile,
  GroupRecord,
  KnownLists,
  PinFile,
  recordsFolder,
  SignInFile,
  ToolApprovals,
} from '../app/engine/index.ts';
import { languageOf } from '../app/i18n/index.ts';
import { createLog, RingBuffer, type RunningLog } from '../app/log/index.ts';
import type { PermissionMemory } from '../app/permission/index.ts';
import { loginPath, wantsLoginPath } from '../app/platform/shell/index.ts';
import { type SealedStore, sealedStore, withSecretsOf } from '../app/settings/index.ts';
import type { UpdateMemory } from '../app/update/index.ts';
import { type OpenedStore, openStore } from './settings-electron-store.ts';
import { settingsKey } from './settings-key.ts';
import { inTurn } from './settings-turns.ts';

export interface Started {
  readonly controller: AppController;
  readonly running: RunningLog;
  readonly ring: RingBuffer;
  readonly logFile: string;
  readonly permissionMemory: PermissionMemory;
  readonly updateMemory: UpdateMemory;
  /** The PATH of servers; null for our own. */
  readonly searchPath: () => string | null | Promise<string | null>;
  readonly settingsFile: string;
  /** The system's key that secrets are encrypted with. */
  readonly cipher: CipherSource;
  /** Whether the system keeps one. */
  readonly hasSystemKey: () => Promise<boolean>;
  /** Takes over what the command line has written since the settings were read. */
  readonly takeOver: () => Promise<void>;
}

/** As many lines as the log window is made for; a quiet day has a few hundred. */
const LINES_KEPT = 60_000;
const CHARACTERS_KEPT = 32 * 1024 * 1024;

/** Log, settings and engine, in the order in which each needs the one before. Nothing is open yet. */
export async function startController(lookupSlots: number): Promise<Started> {
  const ring = new RingBuffer({ entries: LINES_KEPT, characters: CHARACTERS_KEPT });
  const logFile = path.join(app.getPath('logs'), 'gangway.log');
  const running = createLog({ level: 'info', file: { path: logFile }, ring });
  const cipher = rememberedCipher(systemCipher, () =>
    running.log
      .from('app')
      .warn('The system offers no key to encrypt secrets with; they are kept in files that only this account can read'),
  );
  const { opened, store, isLocked, fault } = await inTurn(() => openSettings(cipher));
  const { file: settingsFile, keptAside } = opened;
  const searchPath = wantsLoginPath(process.env, process.platform)
    ? loginPath({ log: running.log.from('shell'), env: process.env })
    : () => null;
  const groups = new GroupRecord(recordsFolder(app.getPath('userData')), running.log.from('bridge'));
  // Beside the file of a headless process, which has no key of the system's.
  const signInFile = path.join(app.getPath('userData'), 'app-sign-ins.json');
  const signIns = new SignInFile(signInFile, cipher);
  const pinFile = path.join(app.getPath('userData'), 'trusted-certificates.json');
  const pins = new PinFile(pinFile, running.log.from('bridge'));
  const answersFile = path.join(app.getPath('userData'), 'app-remote-answers.json');
  const answers = new AnswersFile(answersFile, running.log.from('bridge'));
  const listsFile = path.join(app.getPath('userData'), 'app-known-lists.json');
  const lists = new KnownLists(listsFile, running.log.from('bridge'));
  const approvalsFile = path.join(app.getPath('userData'), 'app-tool-approvals.json');
  const approvals = new ToolApprovals(approvalsFile, running.log.from('bridge'));
  const kept = { groups, signIns, answers, pins, lists, approvals };
  const controller = new AppController({ store, running, searchPath, lookupSlots, ...kept });
  if (keptAside !== null) {
    const at = Date.now();
    const file = path.basename(keptAside.file);
    const { isLater } = keptAside;
    controller.report(({ problems: { keptAside: words } }) => ({
      id: 'kept-aside',
      weight: 'attention',
      at,
      sentence: isLater ? words.later(file) : words.sentence(file),
      hint: isLater ? words.laterHint : words.hint,
      fix: { kind: 'open-settings' },
    }));
  }
  if (fault !== null) controller.report(notSavedProblem(fault));
  if (isLocked) {
    const at = Date.now();
    controller.report(({ problems: { locked: words } }) => ({
      id: 'locked-secrets',
      weight: 'attention',
      at,
      sentence: words.sentence,
      hint: words.hint,
      fix: { kind: 'open-settings' },
    }));
  }
  const permissionMemory: PermissionMemory = {
    read: () => store.read().permission,
    write: (permission) => store.write({ ...store.read(), permission }),
  };
  const updateMemory: UpdateMemory = {
    read: () => store.read().update,
    write: (update) => store.write({ ...store.read(), update }),
  };
  const takeOver = async (): Promise<void> => {
    const settings = opened.takeOver();
    if (settings !== null) await controller.change((now) => withSecretsOf(settings, now));
  };
  const hasSystemKey = async (): Promise<boolean> => (await cipher()) !== null;
  return {
    controller,
    running,
    ring,
    logFile,
    settingsFile,
    cipher,
    hasSystemKey,
    searchPath,
    permissionMemory,
    updateMemory,
    takeOver,
  };
}

/** The settings in their file, whole: read, brought to the form of this version, and written, where they can be: `fault` says why not. */
async function openSettings(
  cipher: CipherSource,
): Promise<SealedStore & { readonly opened: OpenedStore; readonly fault: unknown }> {
  const opened = openStore(app.getPath('userData'));
  const { file, keptAside, isNew } = opened;
  const keyFile = path.join(app.getPath('userData'), 'settings-key.json');
  const { store, isLocked } = await sealedStore(opened.store, settingsKey(keyFile, cipher));
  let { fault } = opened;
  try {
    // The file as it is, should the keychain open another time: the next change is written without what it holds.
    if (isLocked) copyFileSync(file, file.replace(/\.json$/, '.locked.json'));
    if (isNew || keptAside !== null) {
      const { settings, ...rest } = store.read();
      const language = languageOf(app.getPreferredSystemLanguages()[0]);
      store.write({ ...rest, settings: { ...settings, language } });
    }
  } catch (error) {
    fault ??= error;
  }
  return { opened, store, isLocked, fault };
}

/**
 * Encryption with a key that the system keeps for this account: the keychain on macOS, DPAPI on Windows, a keyring on Linux. Null where
 * there is none, and where Electron would take a password from its own source (`basic_text`): a file that only its owner can read is
 * as good then.
 */
async function systemCipher(): Promise<Cipher | null> {
  const isPretence = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
  if (isPretence || !(await safeStorage.isAsyncEncryptionAvailable())) return null;
  return {
    seal: async (text) => (await safeStorage.encryptStringAsync(text)).toString('base64'),
    open: async (sealed) => (await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))).result,
  };
}

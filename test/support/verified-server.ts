import type { FoundServer } from '../../app/clients/index.ts';
import type { VerifyStep } from '../../app/doctor/verify/stages.ts';
import { type VerifyContext, verify } from '../../app/doctor/verify/verify.ts';
import { appTextIn } from '../../app/i18n/app.ts';
import { type Spoken, spoken } from '../../app/i18n/index.ts';
import type { Settings } from '../../app/settings/index.ts';
import { ENVIRONMENT } from './client-environment.ts';
import { type ClientHome, clientHome } from './client-home.ts';
import { type Gangway, startGangway } from './gangway.ts';
import { rememberingLog } from './quiet-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Of the Gangway that tests start, and in the files of clients that lead to it. */
export const TOKEN = 'Tok-en_1-Tok-en_1';

/** The home of a person with one client that has one server, `nas`. */
export function homeWith(entry: object, file?: string): ClientHome {
  return clientHome(temporaryDirectory(), JSON.stringify({ mcpServers: { nas: entry } }), file);
}

export interface Checked {
  /** As `probe passed`, in the order of their ends. */
  readonly ends: readonly string[];
  readonly steps: readonly Spoken<VerifyStep>[];
}

/** Verifies the only server of this home, and collects what is told. */
export async function check(
  home: ClientHome,
  gangway: Gangway,
  changes: Partial<VerifyContext> & { readonly signal?: AbortSignal; readonly patience?: number } = {},
): Promise<Checked> {
  const { signal, patience, ...context } = changes;
  const [found] = await home.files().list({ ...ENVIRONMENT, gateway: { port: gangway.port } });
  if (found === undefined || found.content.kind !== 'servers') throw new Error('no client');
  const server: FoundServer | undefined = found.content.servers[0];
  if (server === undefined) throw new Error('no server');
  const steps: Spoken<VerifyStep>[] = [];
  await verify(
    { client: found.client, server },
    {
      log: rememberingLog().log,
      text: appTextIn('en'),
      platform: process.platform,
      env: process.env,
      port: gangway.port,
      settings: gangway.settings,
      searchPath: () => null,
      lastRequests: () => gangway.engine.snapshot().lastRequests,
      tryRemote: (name, signal) => gangway.engine.tryRemote(name, { signal }),
      ...context,
    },
    {
      tell: (step) => steps.push(spoken(step, 'en')),
      ...(signal === undefined ? {} : { signal }),
      ...(patience === undefined ? {} : { patience }),
    },
  );
  const ends = steps.filter(({ state }) => state !== 'running').map(({ step, state }) => `${step} ${state}`);
  return { ends, steps };
}

/** The last that was told of a step. */
export function step<Name extends VerifyStep['step']>({ steps }: Checked, name: Name) {
  return steps.findLast((each): each is Spoken<VerifyStep> & { step: Name } => each.step === name);
}

/** Gangway with a token. */
export function startWithToken(changes: Partial<Settings> = {}): Promise<Gangway> {
  return startGangway({ token: TOKEN, ...changes });
}

/** The ends of all steps, in their order. */
export function inOrder(...states: readonly ('passed' | 'failed' | 'skipped')[]): readonly string[] {
  const steps: readonly VerifyStep['step'][] = ['probe', 'start', 'initialize', 'tools', 'requests'];
  return steps.map((step, at) => `${step} ${states[at]}`);
}

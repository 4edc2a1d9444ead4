import {
  type ClientFiles,
  type EntryKey,
  type FoundClient,
  ownToken,
  type Plan,
  type PlanEnvironment,
  proxyLabel,
} from '../../clients/index.ts';
import type { AppText } from '../../i18n/app.ts';
import { type AppState, addressOf } from '../../ipc/index.ts';
import { isTokenRequired, makeToken, type TokenSetting, tokenHash, ValidTokens } from '../../settings/index.ts';
import { type FoundIds, idsOf } from './found.ts';
import { needsBesides, type References, serversOf, type Target } from './target.ts';
import type { SettingsOwner } from './transaction.ts';

/** What this room needs of the operation. */
export interface SetupOperation extends SettingsOwner {
  readonly text: AppText;
  state(): Pick<AppState, 'listening' | 'address'>;
}

export interface ReadingContext {
  readonly files: ClientFiles;
  readonly operation: SetupOperation;
  /** The program that connects a client's stdio to a server of ours. */
  readonly shim: PlanEnvironment['shim'];
  /** The environment that clients fill variables in from. */
  readonly env: NodeJS.ProcessEnv;
}

/** A token as it stands in an entry, and what is kept of it. */
export interface EntryToken {
  readonly secret: string;
  readonly setting: TokenSetting;
}

export interface PlanWithToken {
  readonly plan: Plan;
  readonly token: TokenSetting | null;
  /** The token that the entry shows before the change; null when it shows none that is valid. */
  readonly shown: EntryToken | null;
}

/** The clients' files as they were read last, and what can be planned for them with our settings of now. */
export class ClientsReader {
  readonly #context: ReadingContext;
  #ids: FoundIds = idsOf([]);

  constructor(context: ReadingContext) {
    this.#context = context;
  }

  /** Of what was found last. */
  get ids(): FoundIds {
    return this.#ids;
  }

  async find(): Promise<readonly FoundClient[]> {
    const found = await this.#context.files.list(this.around());
    this.#ids = idsOf(found);
    return found;
  }

  around(): PlanEnvironment {
    const { operation, shim, env } = this.#context;
    const { settings } = operation;
    const { token, servers, defaultServer } = settings;
    const valid = new ValidTokens(settings);
    const refuses = (shown: string): boolean => isTokenRequired(settings) && valid.find(shown) === null;
    return { gateway: { port: addressOf(operation.state()).port, token, refuses }, shim, servers, defaultServer, env };
  }

  /** A plan with the token that it writes into the file, if it writes one. `again` is a token that may be written once more. */
  async planFor(target: Target, again: EntryToken | null = null): Promise<PlanWithToken> {
    const around = this.around();
    if (target.kind === 'file') return { plan: await this.#plan(target, around), token: null, shown: null };
    const { found, key } = target;
    const name = proxyLabel({ ...found, key });
    const shown = this.#tokenOf(found, key, name);
    // That of before where the entry still shows it; what is written nowhere else cannot be written a second time.
    const { secret, setting } = again ?? shown ?? makeToken(name, found.client.id, Date.now());
    const plan = await this.#plan(target, { ...around, gateway: { ...around.gateway, token: secret } });
    return { plan, token: setting, shown };
  }

  /** The token made for an entry, when the entry shows it and it is valid. */
  #tokenOf(found: FoundClient, key: EntryKey, name: string): EntryToken | null {
    const { operation } = this.#context;
    const setting = operation.settings.tokens.find((token) => token.name === name);
    const launch = serversOf(found).find((server) => isSameKey(server.key, key))?.entry.launch;
    const secret = launch?.kind === 'program' ? ownToken(launch.env, addressOf(operation.state()).port) : null;
    return secret !== null && setting?.hash === tokenHash(secret) ? { secret, setting } : null;
  }

  async #plan(target: Target, around: PlanEnvironment): Promise<Plan> {
    const { files, operation } = this.#context;
    const { client, file } = target.found;
    switch (target.kind) {
      case 'file':
        return files.planUndo(client.id, file);
      case 'entry':
        return files.plan(client.id, file, target.key, target.wish, around);
      case 'forward': {
        const { forwards } = operation.settings;
        const plan = await files.planForward(client.id, file, target.key, target.of.target, { ...around, forwards });
        // With a target there is nothing to choose.
        if (plan.kind === 'choose') throw new Error('a forward was not unique');
        return plan;
      }
      default:
        return target satisfies never;
    }
  }

  /** What of ours the entries of clients need, other than those that a plan is about. Reads anew. */
  async needsBesides(target: Target): Promise<References> {
    return needsBesides(target, await this.find(), this.#context.operation.settings);
  }
}

function isSameKey(left: EntryKey, right: EntryKey): boolean {
  return left.name === right.name && left.holder.join('\0') === right.holder.join('\0');
}

import type { ClientFiles, FoundClient, Plan, Surroundings } from '../clients/index.ts';
import type { AppState } from '../ipc/index.ts';
import type { AppText } from '../text/app/index.ts';
import { addressOf } from '../view/index.ts';
import type { SettingsOwner } from './adoption.ts';
import { type FoundIds, idsOf } from './found.ts';
import { type Needs, needsBesides } from './needs.ts';
import type { Target } from './target.ts';

/** What this room needs of the operation. */
export interface SetupOperation extends SettingsOwner {
  readonly text: AppText;
  state(): Pick<AppState, 'listening' | 'address'>;
}

export interface ReadingContext {
  readonly files: ClientFiles;
  readonly operation: SetupOperation;
  /** The program that connects a client's stdio to a server of ours. */
  readonly shim: Surroundings['shim'];
  /** The environment that clients fill variables in from. */
  readonly env: NodeJS.ProcessEnv;
}

/** The clients' files as they were read last, and what can be planned for them with our settings of now. */
export class Reading {
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

  around(): Surroundings {
    const { operation, shim, env } = this.#context;
    const { token, servers, defaultServer } = operation.settings;
    return { gateway: { port: addressOf(operation.state()).port, token }, shim, servers, defaultServer, env };
  }

  async planFor(target: Target): Promise<Plan> {
    const { files, operation } = this.#context;
    const { client, file } = target.found;
    const around = this.around();
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
  async needsBesides(target: Target): Promise<Needs> {
    return needsBesides(target, await this.find(), this.#context.operation.settings.defaultServer);
  }
}

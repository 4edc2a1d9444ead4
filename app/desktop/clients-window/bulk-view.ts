import { isAbsolute } from 'node:path';
import { isObject } from '../../base/schema/index.ts';
import { type ChosenPlace, CLIENTS, proposalSentence } from '../../clients/index.ts';
import { said } from '../../i18n/app.ts';
import type { BulkChoice, BulkFileView, BulkPreview, BulkRequest, BulkServerView } from '../../ipc/index.ts';
import type { Settings } from '../../settings/index.ts';
import type { BulkEntry, BulkPlan } from './bulk.ts';
import { type References, shortPath } from './clients-reader.ts';
import { audienceSentence, changeTrouble, refusalTrouble, shownDiff, withoutPassword } from './preview.ts';
import { importRefusal } from './transaction.ts';

export interface BulkViewContext {
  readonly plan: number;
  readonly port: number;
  readonly settings: Settings;
  readonly home: string;
  readonly backups: string;
  /** What of ours entries need that the plan is not about. */
  readonly references: References;
}

/** What a person may know of a change of several: words and diffs without secrets, but neither bytes nor records. */
export function bulkPreviewOf(plan: BulkPlan, context: BulkViewContext): BulkPreview {
  const { home, settings, references, backups } = context;
  const ours = new Set(settings.servers.map(({ name }) => name));
  const changes = plan.files.flatMap((file) => (file.plan.kind === 'change' ? [file.plan] : []));
  const refused = importRefusal(settings, { ...plan.required, upstream: null });
  const keeps = changes.some(({ record }) => record !== null);
  return {
    plan: context.plan,
    files: filesOf(plan, context),
    left: plan.left.map(({ found, name, refusal }) => ({
      client: found.client.title,
      file: shortPath(found.file, home),
      name,
      trouble: refusalTrouble(refusal, home),
    })),
    imported: plan.required.servers.map(({ name }) => name).filter((name) => !ours.has(name)),
    released: plan.released.filter((name) => ours.has(name) && !references.servers.has(name)),
    upstreams: plan.upstreams.filter((proxy) => proxy !== settings.upstream).map(withoutPassword),
    exceptions: plan.exceptions,
    backups: keeps ? shortPath(backups, home) : null,
    removesBackups: changes.some(({ record }) => record === null),
    trouble: refused === null ? null : changeTrouble(refused),
  };
}

function filesOf({ files, entries, secrets }: BulkPlan, context: BulkViewContext): readonly BulkFileView[] {
  const { home, port } = context;
  return files.flatMap(({ plan, ways }) => {
    const own = entries.filter(({ found }) => ways.includes(found.file));
    const [first] = own;
    if (plan.kind === 'unchanged' || first === undefined) return [];
    const { client } = first.found;
    return [
      {
        client: client.title,
        file: shortPath(plan.file, home),
        diff: shownDiff(plan, port, secrets),
        servers: own.map(serverOf),
        access: audienceSentence(
          first.found,
          own.every(({ desired }) => desired.kind === 'off'),
          plan.mode,
          home,
        ),
        next: said((text) => text.clients.applies[client.applies](client.title)),
      },
    ];
  });
}

function serverOf({ found, server, desired, proposal }: BulkEntry): BulkServerView {
  const { key, mode, patch } = server;
  return {
    client: found.client.title,
    name: key.name,
    from: patch === 'forward' && mode === 'off' ? 'forward' : mode,
    to: desired.kind === 'through' || desired.kind === 'run' ? desired.kind : 'off',
    reason: proposal === null ? null : said((text) => proposalSentence(proposal, text)),
  };
}

/** A request as another process writes it; null for what is none. */
export function bulkRequestIn({ kind, mode, of }: Readonly<Record<string, unknown>>): BulkRequest | null {
  const choice = choiceIn(of);
  if (choice === null) return null;
  if (kind === 'suggestions' || kind === 'undo') return { kind, of: choice };
  const isMode = mode === 'off' || mode === 'through' || mode === 'run';
  return kind === 'mode' && isMode ? { kind, mode, of: choice } : null;
}

function choiceIn(of: unknown): BulkChoice | null {
  const { client = null, server = null, place = null } = isObject(of) ? of : {};
  const known = CLIENTS.find(({ id }) => id === client);
  if (client !== null && known === undefined) return null;
  const chosen = place === null ? null : placeIn(place);
  if (place !== null && chosen === null) return null;
  if (server !== null && typeof server !== 'string') return null;
  return { client: known?.id ?? null, server, ...(chosen === null ? {} : { place: chosen }) };
}

/** A chosen place as another process writes it; null for what is none. A path has to be whole. */
export function placeIn(value: unknown): ChosenPlace | null {
  if (!isObject(value)) return null;
  const { kind, folder, file, client = null } = value;
  if (kind === 'folder') return typeof folder === 'string' && isAbsolute(folder) ? { kind, folder } : null;
  const known = CLIENTS.find(({ id }) => id === client);
  if (client !== null && known === undefined) return null;
  const isFile = kind === 'file' && typeof file === 'string' && isAbsolute(file);
  return isFile ? { kind, file, client: known?.id ?? null } : null;
}

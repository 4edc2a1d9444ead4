import { unifiedDiff } from '../../base/line-diff.ts';
import { plainLine } from '../../base/unseen.ts';
import { parseParent } from '../../base/upstream.ts';
import {
  entriesIn,
  type FoundClient,
  forwardWarningSentence,
  type Gateway,
  isRefused,
  type ModeChange,
  type Plan,
  proxyLabel,
  proxyUrl,
  type Refusal,
  refusalSentence,
} from '../../clients/index.ts';
import { appTextIn, said } from '../../i18n/app.ts';
import { inARow } from '../../i18n/in-a-row.ts';
import { inEach, type Said } from '../../i18n/index.ts';
import type { AccessChange, Applies, ChangeOutcome, ClientPreview, Trouble } from '../../ipc/index.ts';
import { entrySecrets, REDACTED, Redactor } from '../../log/index.ts';
import { MOST_ITEMS, type Settings } from '../../settings/index.ts';
import { settingSentence } from '../problem.ts';
import { type References, shortPath, type Target } from './clients-reader.ts';
import { isSameForward } from './transaction.ts';

/** Why other settings were refused, for a window that shows no fields. */
export function changeTrouble({ problem, faults }: Extract<ChangeOutcome, { readonly ok: false }>): Trouble {
  if (problem !== null) {
    const sentence = inEach((language) => inARow(problem[language].sentence, problem[language].hint));
    return { code: problem.en.id, sentence };
  }
  const [fault] = faults;
  if (fault === undefined) return { code: 'settings', sentence: said((text) => text.settingsWindow.faults.unknown) };
  const kind = 'kind' in fault ? fault.kind : fault.reason;
  const { path } = fault;
  if (kind === 'length' && (path === 'tokens' || path === 'servers' || path === 'forwards')) {
    return { code: `${path}: ${kind}`, sentence: said(({ clientsWindow }) => clientsWindow.tooMany[path](MOST_ITEMS)) };
  }
  return {
    code: `${fault.path}: ${kind}`,
    sentence: said((text) => text.clientsWindow.settingsRefused(settingSentence(fault, text))),
  };
}

/** Why a file was left alone, as a window shows it. */
export function refusalTrouble(refusal: Refusal, home: string): Trouble {
  const short = 'file' in refusal ? { ...refusal, file: shortPath(refusal.file, home) } : refusal;
  const shown = 'kept' in short ? { ...short, kept: shortPath(short.kept, home) } : short;
  return { code: refusal.kind, sentence: said((text) => refusalSentence(shown, text)) };
}

export interface PreviewContext {
  readonly plan: number;
  readonly gateway: Gateway;
  readonly settings: Settings;
  /** What of ours other entries need. */
  readonly references: References;
  readonly home: string;
  readonly backups: string;
}

/** What a window may know of a plan: words and the diff, but neither bytes nor records. */
export function previewOf(
  target: Target,
  plan: Plan & { readonly kind: 'change' | 'unchanged' },
  context: PreviewContext,
): ClientPreview {
  const { home, backups } = context;
  return {
    plan: context.plan,
    client: target.found.client.title,
    server: target.kind === 'file' ? null : target.key.name,
    mode: modeOf(target),
    file: shortPath(plan.file, home),
    backups: plan.record === null ? null : shortPath(backups, home),
    ...(plan.kind === 'change' ? consequences(target, plan, context) : NOTHING),
  };
}

type Consequences = Pick<
  ClientPreview,
  'diff' | 'imported' | 'released' | 'forward' | 'releasedForwards' | 'upstream' | 'exceptions' | 'access'
>;

const NOTHING: Consequences = {
  diff: '',
  imported: null,
  released: [],
  forward: null,
  releasedForwards: [],
  upstream: null,
  exceptions: [],
  access: null,
};

function consequences(target: Target, plan: Plan & { readonly kind: 'change' }, context: PreviewContext): Consequences {
  const { gateway, settings, references, home } = context;
  const ours = new Set(settings.servers.map(({ name }) => name));
  const warning = target.kind === 'forward' ? target.of.warning : null;
  const { forward } = plan;
  return {
    diff: shownDiff(plan, gateway.port, gateway.token === null ? [] : [gateway.token]),
    imported: plan.server?.name ?? null,
    released: plan.released.filter((name) => ours.has(name) && !references.servers.has(name)),
    forward:
      forward === null
        ? null
        : {
            setting: forward,
            warning: warning === null ? null : said((text) => forwardWarningSentence(warning, forward, text)),
            socks: socksUrl(gateway, target),
          },
    releasedForwards: plan.releasedForwards.filter(
      (one) => settings.forwards.some((other) => isSameForward(one, other)) && !references.ports.has(one.port),
    ),
    upstream: upstreamOf(plan.upstream, settings),
    exceptions: plan.exceptions,
    access: audienceSentence(target.found, modeOf(target) === null || modeOf(target) === 'off', plan.mode, home),
  };
}

/** Between the label and the address of our proxy while secrets are taken out: with a password there, the label would go too. */
const OWN_PASSWORD = '\0';

/**
 * What would change, as a window may show it: people share what they see on a screen, and what does not show in a file of a project is
 * written out. The file gets the lines as they are.
 */
export function shownDiff(plan: Plan & { readonly kind: 'change' }, port: number, tokens: readonly string[]): string {
  const { texts, file } = plan;
  const redactor = new Redactor([...tokens, ...entrySecrets(entriesIn(plan))]);
  const own = new RegExp(
    `(?<=//[^:@/\\s"']*):[^:@/\\s"']+@(?=(?:127\\.0\\.0\\.1|host\\.(?:docker|containers)\\.internal):${port}\\b)`,
    'g',
  );
  return unifiedDiff(texts.before, texts.after, file)
    .split('\n')
    .map((line) => plainLine(redactor.whole(line.replace(own, OWN_PASSWORD)).replaceAll(OWN_PASSWORD, `:${REDACTED}@`)))
    .join('\n');
}

/** What becomes of the permissions of the file; null when they stay. */
export function accessChange(mode: ModeChange | null): AccessChange | null {
  if (mode === null) return null;
  const written = (bits: number): string => bits.toString(8).padStart(3, '0');
  return (mode.to & 0o077) === 0
    ? { kind: 'closed', mode: written(mode.from) }
    : { kind: 'restored', mode: written(mode.to) };
}

export function appliesOf({ title, applies }: FoundClient['client']): Applies {
  return { title, applies };
}

/** What becomes of the permissions of a file, and who else gets a change of it; null when there is nothing to say. */
export function audienceSentence(
  { client: { folder } }: FoundClient,
  isUndone: boolean,
  mode: ModeChange | null,
  home: string,
): Said | null {
  const isShared = folder !== undefined && !isUndone;
  const access = accessChange(mode);
  if (!isShared && access === null) return null;
  return inEach((language) => {
    const words = appTextIn(language).clientsWindow.access;
    const shared = isShared ? [words.project(shortPath(folder, home))] : [];
    const own = access === null ? [] : [words[access.kind](access.mode)];
    return [...shared, ...own].join(language === 'zh-Hant' ? '' : ' ');
  });
}

/** RFC 1928, names looked up here: the `h` is curl's and Python's word for that. */
function socksUrl(gateway: Gateway, target: Target): string {
  const label = target.kind === 'file' ? '' : proxyLabel({ ...target.found, key: target.key });
  // A token is written into what we set up; one that a person has to put in stands for itself.
  const token = gateway.token ?? (isRefused(gateway, '') ? 'TOKEN' : null);
  return proxyUrl({ ...gateway, token }, label).replace(/^http:/, 'socks5h:');
}

function modeOf(target: Target): ClientPreview['mode'] {
  if (target.kind === 'file') return null;
  if (target.kind === 'forward') return 'forward';
  return target.desired.kind === 'add' ? 'run' : target.desired.kind;
}

function upstreamOf(proxy: string | null, { upstream }: Settings): ClientPreview['upstream'] {
  if (proxy === null || proxy === upstream) return null;
  return {
    proxy: withoutPassword(proxy),
    isUsable: parseParent(proxy) !== null,
    instead: upstream === null ? null : withoutPassword(upstream),
  };
}

export function withoutPassword(proxy: string): string {
  const url = URL.parse(proxy);
  return url === null || url.host === '' ? proxy.replace(/^.*@/, '') : `${url.protocol}//${url.host}`;
}

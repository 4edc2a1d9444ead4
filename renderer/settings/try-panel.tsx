import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RemoteStep, TryProgress, TryResult } from '../../app/servers/index.ts';
import type { ServerSetting } from '../../app/settings/settings.ts';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, bridge, say, text } from '../shared/store.ts';
import { shownFingerprint } from './remote-fields.tsx';

interface TryPanelProps {
  readonly setting: () => ServerSetting | null;
  /** Trusts a certificate from then on, by its SHA-256 fingerprint. */
  readonly trust: (fingerprint: string) => void;
}

/** Runs the server once and shows what it offers, before it is saved. */
export function TryPanel({ setting, trust }: TryPanelProps) {
  const words = text.value.settingsWindow.servers;
  const isTrying = useSignal(false);
  const progress = useSignal<TryProgress | null>(null);
  useEffect(() => {
    const unsubscribe = bridge.onTrying((told) => {
      progress.value = told;
    });
    return () => {
      unsubscribe();
      if (isTrying.value) attempt(() => ask('cancelTry'));
    };
  }, []);
  const result = useSignal<TryResult | null>(null);
  const isUrl = useSignal(false);
  const isSecure = useSignal(false);
  const run = async (): Promise<void> => {
    const wanted = setting();
    if (wanted === null) return;
    isTrying.value = true;
    isUrl.value = 'url' in wanted;
    isSecure.value = 'url' in wanted && /^https:/i.test(wanted.url);
    result.value = null;
    progress.value = null;
    try {
      result.value = await ask('tryServer', wanted);
    } finally {
      isTrying.value = false;
    }
  };
  return (
    <div class="field">
      <span />
      <div class="field-body">
        <button type="button" class="button" disabled={isTrying.value} onClick={() => attempt(run)}>
          <Icon name="play" />
          {isTrying.value ? words.trying : words.try}
        </button>
        {isTrying.value && progress.value !== null && <Progress progress={progress.value} />}
        <div role="status">
          {result.value !== null && (
            <Result
              result={result.value}
              steps={isUrl.value ? STEPS.filter((step) => step !== 'tls' || isSecure.value) : []}
              trust={(fingerprint) => {
                result.value = null;
                trust(fingerprint);
              }}
            />
          )}
        </div>
      </div>
    </div>
  );
}

/** A slow start: how long, what it said last, and a way to stop it. */
function Progress({ progress: { elapsedMs, lastLine } }: { readonly progress: TryProgress }) {
  const words = text.value.settingsWindow.servers;
  return (
    <div class="try-result">
      <p>
        {words.tryingFor(Math.round(elapsedMs / 1000))}{' '}
        <button type="button" class="button quiet" onClick={() => attempt(() => ask('cancelTry'))}>
          {words.stopTrying}
        </button>
      </p>
      {lastLine !== '' && <pre>{lastLine}</pre>}
    </div>
  );
}

/** What is met with on the way to a server with a URL; the permission shows only where it is what is missing. */
const STEPS = [
  'name',
  'route',
  'permission',
  'tls',
  'http',
  'sign-in',
  'initialize',
  'tools',
] as const satisfies readonly RemoteStep[];

interface ResultProps {
  readonly result: TryResult;
  /** Empty for a program. */
  readonly steps: readonly RemoteStep[];
  readonly trust: (fingerprint: string) => void;
}

function Result({ result, steps, trust }: ResultProps) {
  const words = text.value.settingsWindow.servers;
  if (result.kind === 'fails') {
    const { remote } = result;
    return (
      <div class="try-result fails">
        <p>
          <Icon name="warning" /> <strong>{words.fails}</strong>
        </p>
        {remote !== null && <Steps steps={steps} failed={remote.step} />}
        {(remote === null || remote.certificate === null) && <p>{say(result.sentence)}</p>}
        {remote !== null && remote.certificate === null && (
          <p class="hint">{text.value.verify.remote[remote.step].hint}</p>
        )}
        {remote !== null && remote.certificate !== null && (
          <Certificate fingerprint={remote.certificate} isChanged={remote.isChanged} trust={trust} />
        )}
        {result.stderr.length > 0 && <pre>{result.stderr.join('\n')}</pre>}
      </div>
    );
  }
  const { server, version, revision, tools, took } = result;
  return (
    <div class="try-result">
      <p>
        <Icon name="check" /> {words.works(server, version, took)}
      </p>
      <p class="hint">
        {words.revision(revision)} · {words.tools(tools.length)}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus. */}
      <ul class="tools" tabIndex={0} aria-label={words.tools(tools.length)}>
        {tools.map(({ name, description }) => (
          <li key={name}>
            <code>{name}</code> <span class="hint">{description}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Each step with its outcome: done up to the one that failed. */
function Steps({ steps, failed }: { readonly steps: readonly RemoteStep[]; readonly failed: RemoteStep }) {
  const words = text.value.settingsWindow.servers.steps;
  const shown = steps.filter((step) => step !== 'permission' || failed === 'permission');
  const end = shown.indexOf(failed);
  return (
    <ol class="try-steps" aria-label={words.title}>
      {shown.map((step, at) => {
        const outcome = at < end ? 'passed' : at === end ? 'failed' : 'left';
        const { label } = text.value.verify.remote[step];
        return (
          <li key={step} class={outcome}>
            {outcome !== 'left' && <Icon name={outcome === 'passed' ? 'check' : 'warning'} />}
            <span aria-hidden="true">{label}</span>
            <span class="voice">{words[outcome](label)}</span>
          </li>
        );
      })}
    </ol>
  );
}

interface CertificateProps {
  readonly fingerprint: string;
  /** Whether another one has been trusted so far. */
  readonly isChanged: boolean;
  readonly trust: (sha256: string) => void;
}

/** A certificate that no known authority has signed, with the way to trust it all the same. */
function Certificate({ fingerprint, isChanged, trust }: CertificateProps) {
  const words = text.value.settingsWindow.servers.certificate;
  return (
    <>
      <p>{isChanged ? words.changed : words.met}</p>
      <p>
        <code class="fingerprint">{shownFingerprint(fingerprint)}</code>
      </p>
      <button type="button" class="button" onClick={() => trust(fingerprint.replaceAll(':', '').toLowerCase())}>
        {words.trust}
      </button>
    </>
  );
}

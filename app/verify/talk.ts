import { Redactor, secretsOf } from '../log/index.ts';
import { introduce, tryServer } from '../servers/index.ts';
import type { ServerSetting } from '../settings/index.ts';
import { clientEnvironment } from './client-environment.ts';
import { EndpointError, endpointWire } from './endpoint-wire.ts';
import type { StageFailure, Stages } from './stages.ts';
import type { Approach, VerifySubject } from './subject.ts';
import type { VerifyContext } from './verify.ts';

export interface Limits {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly patience: number;
}

/** Start, greeting and tools, by the way that fits. True when all went well. */
export async function talk(
  approach: Approach,
  subject: VerifySubject,
  context: VerifyContext,
  stages: Stages,
  limits: Limits,
): Promise<boolean> {
  const words = context.text.verify.start;
  if (limits.signal.aborted) return skipped(context.text.verify.cancelled);
  switch (approach.kind) {
    case 'process':
      return asProcess(approach.setting, subject, context, stages, limits);
    case 'endpoint':
      return asEndpoint(approach.url, subject, context, stages, limits);
    case 'off':
      return failed('OFF', words.off, words.offHint);
    case 'unknown':
      return failed('UNKNOWN_SERVER', words.unknown(approach.server), words.unknownHint);
    case 'variable':
      return failed('CLIENT_VARIABLE', words.variable(approach.variable), words.variableHint);
    case 'foreign':
      return skipped(words.foreign);
    case 'elsewhere':
      return skipped(words.elsewhere);
    default:
      return approach satisfies never;
  }

  function failed(code: string, sentence: string, hint: string): false {
    stages.fail({ code, sentence, hint, stderr: [] });
    return false;
  }

  function skipped(sentence: string): false {
    stages.skip(sentence);
    return false;
  }
}

async function asProcess(
  setting: ServerSetting,
  { client }: VerifySubject,
  { log, text, platform, env, searchPath }: VerifyContext,
  stages: Stages,
  { signal, patience }: Limits,
): Promise<boolean> {
  stages.begin();
  const path = await searchPath();
  const result = await tryServer(setting, {
    log,
    text: () => text,
    searchPath: () => null,
    environment: clientEnvironment(client, env, platform, path),
    patience,
    signal,
    running: () => stages.started(text.verify.start.passed),
    greeted: (introduction) => stages.greeted(introduction),
  });
  if (result.kind === 'works') {
    stages.listed(result.tools);
    return true;
  }
  const { stage, sentence, stderr } = result;
  const hint = stage === 'start' ? text.verify.start.hint : text.verify.initialize.hint;
  const code = `${stage.toUpperCase()}_FAILED`;
  stages.fail({ code, sentence, hint, stderr });
  return false;
}

async function asEndpoint(
  url: string,
  { server: { entry } }: VerifySubject,
  { text, settings }: VerifyContext,
  stages: Stages,
  { signal }: Limits,
): Promise<boolean> {
  stages.begin();
  stages.started(text.verify.start.endpoint);
  const wire = endpointWire(url, settings.token, signal);
  const redactor = new Redactor(secretsOf(settings));
  try {
    const introduced = await introduce(wire, redactor, (introduction) => stages.greeted(introduction));
    if (introduced.kind === 'refuses') {
      const sentence = text.servers.tryRefused(entry.name, introduced.reason);
      stages.fail({ code: 'INITIALIZE_FAILED', sentence, hint: text.verify.initialize.hint, stderr: [] });
      return false;
    }
    stages.listed(introduced.tools);
    return true;
  } catch (error) {
    if (signal.aborted) stages.skip(text.verify.cancelled);
    else stages.fail({ ...endpointFault(error, redactor, text), stderr: [] });
    return false;
  } finally {
    await wire.close();
  }
}

function endpointFault(
  error: unknown,
  redactor: Redactor,
  text: VerifyContext['text'],
): Pick<StageFailure, 'code' | 'sentence' | 'hint'> {
  const { refused, brokenOff, hint } = text.verify.initialize;
  const [status, said] = error instanceof EndpointError ? [error.status, redactor.text(error.message)] : [null, ''];
  const sentence = said === '' ? (status === null ? brokenOff : refused(status)) : said;
  return { code: 'ENDPOINT_FAILED', sentence, hint };
}

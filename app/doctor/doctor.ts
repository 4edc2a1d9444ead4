import manifest from '../../package.json' with { type: 'json' };
import { said } from '../i18n/app.ts';
import type { InEach, Said } from '../i18n/index.ts';
import { Redactor } from '../log/index.ts';
import { examine, PROBE_NAMES } from './examine.ts';
import type { DoctorRequest, Probes } from './facts.ts';
import { lastGoodOf } from './last-good.ts';
import { type ProbeEnvironment, systemProbes } from './probes.ts';
import { readError, readTarget } from './question.ts';
import { type FactRow, factRow } from './report/fact-rows.ts';
import { cleaner, type Report, reportOf } from './report/report.ts';
import { findServer, type KnownServer, targetOfServer, titleOf } from './servers.ts';

/** What a person asks, as it was written. */
export interface Request {
  /** `host:port` or an address; empty for this machine only, or for the server's own target. */
  readonly target: string;
  /** The server it is about; null for none in particular. */
  readonly server: string | null;
  /** The error that the server shows; empty when there is none at hand. */
  readonly error: string;
}

export type Examination =
  | { readonly kind: 'report'; readonly report: InEach<Report> }
  /** The request cannot be followed. */
  | { readonly kind: 'refused'; readonly sentence: Said };

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Told what each probe has seen as soon as it has. */
  readonly progress?: (row: InEach<FactRow>) => void;
}

/** Number of probes of a run: what `progress` counts up to. */
export const PROBE_COUNT = PROBE_NAMES.length;

/** Looks at the network and the machine, and says what is wrong and what helps. It changes nothing. */
export class Doctor {
  readonly #around: ProbeEnvironment;
  readonly #probes: Probes;

  constructor(environment: ProbeEnvironment, probes: Probes = systemProbes(environment)) {
    this.#around = environment;
    this.#probes = probes;
  }

  /** The servers a request can name: ours, and those in the files of clients. */
  async servers(): Promise<readonly string[]> {
    return (await this.#around.servers()).map(titleOf);
  }

  /** Ends within seconds. Never rejects for what it finds; a run that is stopped reports what it has seen until then. */
  async run(request: Request, { signal, progress }: RunOptions): Promise<Examination> {
    const { server: name } = request;
    const servers = name === null ? [] : await this.#around.servers();
    const server = name === null ? null : findServer(servers, name);
    if (name !== null && server === null) {
      const sentence = said(({ doctor, doctorFacts }) =>
        doctor.noSuchServer(name, servers.map(titleOf).join(doctorFacts.comma)),
      );
      return { kind: 'refused', sentence };
    }
    const question = questionOf(request, server);
    if (question === null) {
      return { kind: 'refused', sentence: said(({ doctor }) => doctor.badTarget(request.target.trim())) };
    }
    const { platform, home, secrets, memory } = this.#around;
    const clean = cleaner(new Redactor(secrets()), home);
    const facts = await examine(question, this.#probes, {
      version: manifest.version,
      platform,
      signal,
      ...(progress === undefined
        ? {}
        : {
            progress: (probe, seen) => {
              const cleaned = clean(seen);
              progress(said((text) => factRow(probe, cleaned, text)));
            },
          }),
    });
    const last = lastGoodOf(facts);
    if (last !== null) memory.write(last);
    const cleaned = clean(facts);
    return { kind: 'report', report: said((text) => reportOf(cleaned, text)) };
  }
}

/** Null when the target is written in a way that names no host and port. */
function questionOf({ target, error }: Request, server: KnownServer | null): DoctorRequest | null {
  const written = target.trim() === '' ? (server === null ? null : targetOfServer(server)) : readTarget(target);
  if (written === null && target.trim() !== '') return null;
  return {
    target: written?.target ?? null,
    tls: written?.tls ?? false,
    ...(written?.scheme === undefined ? {} : { scheme: written.scheme }),
    server: server === null ? null : titleOf(server),
    reported: readError(error),
  };
}

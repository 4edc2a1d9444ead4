import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { inRounds, plainRow } from '../../common/rounds.ts';
import { Bridge } from '../subjects/bridge.ts';
import type { BridgeSubject } from '../subjects/subject.ts';
import type { Measure } from './measure.ts';

/** Until the call that will be cut off has surely reached the child. */
const UNDERWAY_MS = 100;
/** Until the news has reached every stream of the client. */
const SETTLED_MS = 100;
const SEEN_WITHIN_MS = 3_000;
const ANSWER_WITHIN_MS = 2_000;
const TEXT_LENGTH = 40;

interface Aftermath {
  readonly seen: string;
  readonly ms: number;
  readonly bridge: string;
  readonly sameSession: string;
  readonly newSession: string;
}

/** A child is killed in the middle of a call: what its client learns, when, and what works afterwards. */
export const killedChildMeasure: Measure = {
  name: 'killed child',
  async rows({ subjects }) {
    const samples = await inRounds(subjects, 1, aftermath);
    return [
      plainRow('kill -9 of the child: the client sees', samples, ([after]) => ({
        text: after ? `${after.seen} after ${after.ms.toFixed(1)} ms` : '–',
      })),
      plainRow('then: bridge / same session / new session', samples, ([after]) => ({
        text: after ? `${after.bridge} / ${after.sameSession} / ${after.newSession}` : '–',
      })),
    ];
  },
};

/** A bridge of its own, because some never recover. */
async function aftermath(subject: BridgeSubject): Promise<Aftermath> {
  const bridge = await Bridge.start(subject);
  try {
    const session = await bridge.connect();
    const child = Number(await session.callTool('pid', {}));
    const cutOff = outcome(session.callTool('hang', {}, SEEN_WITHIN_MS));
    await delay(UNDERWAY_MS);
    const killed = performance.now();
    process.kill(child, 'SIGKILL');
    const seen = await cutOff;
    const ms = performance.now() - killed;
    await delay(SETTLED_MS);
    const sameSession = await outcome(session.callTool('echo', { text: 'still there?' }, ANSWER_WITHIN_MS));
    const newSession = await outcome(bridge.connect().then((next) => next.callTool('echo', { text: 'and now?' })));
    return { seen, ms, bridge: bridge.isRunning ? 'alive' : 'gone', sameSession, newSession };
  } finally {
    await bridge.stop();
  }
}

async function outcome(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'ok';
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Of an error's text its code is enough for a table; of a connection's, the address is one too much.
    return (/^rpc -?\d+/.exec(text)?.[0] ?? text.replace(/ 127\.0\.0\.1:\d+/, '')).slice(0, TEXT_LENGTH);
  }
}

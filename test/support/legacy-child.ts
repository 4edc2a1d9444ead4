import { BackPressureGate } from '../../app/base/back-pressure.ts';
import { InteractivityCache, ModernToLegacy, SuspendedCalls } from '../../app/bridge/translate/index.ts';
import { textIn } from '../../app/i18n/index.ts';
import { frame, type Message, message, modernRequest, RecordedReply, TestClock } from './translation-doubles.ts';

export const form = { message: 'Name?', requestedSchema: { type: 'object', properties: {} } };

/** A server request for a person. */
export function elicit(id: string | number): object {
  return { id, method: 'elicitation/create', params: form };
}

/** A legacy child after its handshake, played by the test, and the modern side of it. */
export function legacyChild(options: { readonly parkedCalls?: number } = {}) {
  const clock = new TestClock();
  const suspended = new SuspendedCalls(() => options.parkedCalls ?? 8, clock);
  const interactivity = new InteractivityCache();
  const said: Message[] = [];
  const pauses: string[] = [];
  const changes: string[] = [];
  const unexpected: unknown[] = [];
  const translator = new ModernToLegacy(
    {
      text: () => textIn('en'),
      clock,
      suspended,
      interactivity,
      write: (json) => said.push(message(json)),
      flow: new BackPressureGate(
        () => pauses.push('pause'),
        () => pauses.push('resume'),
      ),
      introduction: {
        capabilities: { elicitation: {}, sampling: {}, roots: {} },
        clientInfo: { name: 'client', version: '1' },
      },
      unexpected: (answer) => unexpected.push(answer.id),
      changed: (method, uri) => changes.push(`${method} ${uri}`),
    },
    {
      greeted: () => undefined,
      refused: (error) => {
        throw new Error(error.message);
      },
    },
  );
  const capabilities = { tools: {}, logging: {}, tasks: {} };
  const serverInfo = { name: 'server', version: '2' };
  const hear = (...contents: object[]) => translator.frames(contents.map(frame));
  hear({ id: said[0]?.id, result: { protocolVersion: '2025-11-25', capabilities, serverInfo } });
  said.length = 0;
  return {
    clock,
    translator,
    suspended,
    interactivity,
    said,
    pauses,
    changes,
    unexpected,
    hear,
    /** Begins a call; answers the reply and the id the child got. */
    call(params: object = { name: 'tool' }, options: Parameters<typeof modernRequest>[2] = {}) {
      const reply = new RecordedReply();
      translator.start(modernRequest('tools/call', params, options), reply);
      return { reply, id: said.findLast(({ method }) => method === 'tools/call')?.id };
    },
    /** A call that the child has sent a request in between, and that waits for the client to come back with this state. */
    suspendedCall(params: object = { name: 'tool' }, options: Parameters<typeof modernRequest>[2] = {}) {
      const call = this.call(params, options);
      hear(elicit(0));
      clock.pass(5);
      return { ...call, state: call.reply.only.result?.['requestState'] };
    },
    /** The client comes back with answers. */
    retry(state: unknown, inputResponses: unknown, options: Parameters<typeof modernRequest>[2] = {}, name = 'tool') {
      const reply = new RecordedReply();
      const request = modernRequest('tools/call', { name, requestState: state, inputResponses }, { id: 2, ...options });
      const waiting = suspended.fetch(request);
      waiting?.resume(request, reply);
      return { reply, found: waiting !== null };
    },
  };
}

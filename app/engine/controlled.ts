import { isObject } from '../base/schema/index.ts';
import { CODES, ControlFault, type Controlled } from '../control/index.ts';
import { spoken, type Text } from '../i18n/index.ts';
import { SignInError, signInSentence, TrustError, trustSentence } from '../servers/index.ts';
import type { Engine } from './engine.ts';

/** Sign-ins that the control socket asks for; `engine` is null while the instance is off. */
export function engineSignIns(
  engine: () => Pick<Engine, 'signIn' | 'signOut' | 'pasteCallback'> | null,
  text: () => Text,
): Pick<Controlled, 'signIn' | 'signOut' | 'pasteCallback'> {
  const running = () => {
    const on = engine();
    if (on === null) throw new ControlFault(CODES.refused, 'off', text().shim.off);
    return on;
  };
  const told = (server: string, error: unknown): unknown =>
    error instanceof SignInError
      ? new ControlFault(CODES.refused, error.fault.kind, signInSentence(server, error.fault, text()))
      : error;
  return {
    async signIn(server, request) {
      try {
        return await running().signIn(server, request);
      } catch (error) {
        throw told(server, error);
      }
    },
    async signOut(server) {
      try {
        return await running().signOut(server);
      } catch (error) {
        throw told(server, error);
      }
    },
    pasteCallback: async (server, address) => running().pasteCallback(server, address),
  };
}

type TrustingEngine = Pick<Engine, 'certificate' | 'trust' | 'untrust' | 'tryRemote'>;

/** Certificates and trials of servers with a URL, asked for by the control socket; `engine` is null while the instance is off. */
export function engineTrust(
  engine: () => TrustingEngine | null,
  text: () => Text,
): Pick<Controlled, keyof TrustingEngine> {
  const asked = async <Answer>(server: string, ask: (on: TrustingEngine) => Promise<Answer>) => {
    const on = engine();
    if (on === null) throw new ControlFault(CODES.refused, 'off', text().shim.off);
    try {
      return await ask(on);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      throw new ControlFault(CODES.refused, error.fault.kind, trustSentence(server, error.fault, text()));
    }
  };
  return {
    certificate: (server) => asked(server, (on) => on.certificate(server)),
    trust: (server, fingerprint) => asked(server, (on) => on.trust(server, fingerprint)),
    untrust: (server) => asked(server, (on) => on.untrust(server)),
    tryRemote: async (server, language) =>
      spoken(await asked(server, (on) => on.tryRemote(server)), language ?? text().language),
  };
}

/** Connections from the control socket into an engine; `engine` is null while the instance is off. */
export function engineConnections(
  engine: () => Pick<Engine, 'connectStdio' | 'openTunnel'> | null,
  text: () => Text,
): Pick<Controlled, 'connect' | 'tunnel'> {
  const off = () => ({ code: CODES.refused, message: text().shim.off, data: { reason: 'off' } });
  return {
    connect(server, connection, passed) {
      const running = engine();
      if (running === null) return connection.refuse(off(), true);
      running.connectStdio(
        server,
        {
          principal: 'local',
          socket: connection.socket,
          tellsEnd: true,
          accept: () => connection.accept({}),
          // 503: a ceiling, a rest after failures, a server that was stopped. All of them pass.
          refuse: ({ status, error }) => connection.refuse(withReason(error), status === 503),
        },
        passed,
      );
    },
    tunnel(authority, label, connection) {
      const running = engine();
      if (running === null) return connection.refuse(off(), true);
      const early = connection.accept({});
      running.openTunnel({ client: connection.socket, authority, early, label, via: undefined, isRemote: false });
      connection.socket.resume();
    },
  };
}

/** Only a server that has ended as soon as it was started is refused without a reason for programs: its data is as in every answer of it. */
function withReason<Fault extends { readonly data?: unknown }>(error: Fault): Fault & { readonly data: unknown } {
  const data = isObject(error.data) ? error.data : {};
  return { ...error, data: { reason: 'server-ended', ...data } };
}

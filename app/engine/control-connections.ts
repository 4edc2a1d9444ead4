import type { Controlled } from '../control/index.ts';
import { CODES } from '../control/index.ts';
import type { Text } from '../i18n/index.ts';
import type { Engine } from './index.ts';

/** Connections from the control socket into an engine; `engine` is null while the instance is off. */
export function engineConnections(
  engine: () => Pick<Engine, 'connectStdio' | 'openTunnel'> | null,
  text: () => Text,
): Pick<Controlled, 'connect' | 'tunnel'> {
  const off = () => ({ code: CODES.refused, message: text().shim.off, data: { reason: 'off' } });
  return {
    connect(server, connection) {
      const running = engine();
      if (running === null) return connection.refuse(off(), true);
      running.connectStdio(server, {
        principal: 'local',
        socket: connection.socket,
        tellsEnd: true,
        accept: () => connection.accept({}),
        // 503: a ceiling, a rest after failures, a server that was stopped. All of them pass.
        refuse: ({ status, error }) => connection.refuse(error, status === 503),
      });
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

import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../app/doctor/index.ts';
import type { FindingId } from '../../../app/i18n/app.ts';
import { factsFrom, type Told } from '../../support/doctor-facts.ts';
import {
  avast,
  certificate,
  claudes,
  denied,
  failing,
  ours,
  reached,
  terminal,
  through,
  vpn,
} from '../../support/probe-results.ts';

describe('a diagnosis', () => {
  it('is certain once Apple’s own tool gets through where we do not', () => {
    const appleTool = { outcome: 'connected', errno: null, elapsedMs: 20 } as const;
    expect(diagnose(factsFrom({ seen: { connect: denied } }))[0]?.confidence).toBe('likely');
    expect(diagnose(factsFrom({ seen: { connect: denied, appleTool } }))[0]?.confidence).toBe('certain');
  });

  it('tells problems before notes, and what is fine last', () => {
    const facts = factsFrom({ seen: { connect: reached, extensions: [avast], tls: certificate('expired') } });
    expect(diagnose(facts).map(({ severity }) => severity)).toEqual(['problem', 'note', 'ok']);
  });

  it('says nothing of a Mac where nothing stands out', () => {
    expect(diagnose(factsFrom({ question: { target: null } }))).toEqual([]);
  });

  it('counts an address that was reached before those that were not', () => {
    const sixth = failing('ENETUNREACH', 0.3, { address: 'fd00::20' });
    expect(diagnose(factsFrom({ seen: { connect: [...sixth, ...reached] } }))[0]?.id).toBe('reached');
  });

  it('lets the address that says most speak where none was reached', () => {
    const sixth = failing('ENETUNREACH', 0.3, { address: 'fd00::20' });
    expect(diagnose(factsFrom({ seen: { connect: [...sixth, ...failing('ECONNREFUSED', 2)] } }))[0]?.id).toBe(
      'refused',
    );
  });

  it.each([
    ['permission-open', { seen: { connect: denied, permission: 'not-asked' } }, { kind: 'ask-permission' }],
    [
      'permission-denied',
      { seen: { connect: denied, permission: 'denied' } },
      { kind: 'open-pane', pane: 'local-network' },
    ],
    [
      'content-filter',
      { seen: { connect: failing('EBADF', 9), extensions: [avast] } },
      { kind: 'open-pane', pane: 'network-extensions' },
    ],
    ['blocked-for-all', { seen: { connect: denied, launch: terminal, vpns: vpn } }, { kind: 'open-pane', pane: 'vpn' }],
    [
      'port-taken',
      { seen: { gateway: { kind: 'stranger', port: 28_080, holder: null, pid: null, free: 28_083 } } },
      { kind: 'use-port', port: 28_083 },
    ],
    [
      'restart-server',
      { question: { reported: 'EHOSTUNREACH' }, seen: { connect: reached, server: ours } },
      { kind: 'restart-server', server: 'nas' },
    ],
    [
      'client-blocked',
      { question: { server: 'nas', reported: 'EHOSTUNREACH' }, seen: { connect: reached, server: claudes } },
      { kind: 'route-server', server: 'nas' },
    ],
    ['copies', { seen: { copies: ['/a.app', '/b.app'] } }, { kind: 'show-copies', paths: ['/a.app', '/b.app'] }],
    ['gateway-off', { seen: { gateway: { kind: 'off', port: 1 } } }, { kind: 'turn-on' }],
    ['gateway-fails', { seen: { connect: reached, throughGateway: through('LOOP', 508) } }, { kind: 'show-log' }],
    ['refused', { seen: { connect: failing('ECONNREFUSED', 1) } }, null],
  ] as const satisfies readonly (readonly [FindingId, Told, object | null])[])(
    '%s offers what we can do',
    (id, told, action) => {
      expect(diagnose(factsFrom(told)).find((one) => one.id === id)?.action).toEqual(action);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { TABLE } from '../../../app/doctor/diagnosis/rules.ts';
import { diagnose, examine } from '../../../app/doctor/index.ts';
import { appTextIn, type FindingId } from '../../../app/i18n/app.ts';
import { factsFrom, probesSeeing, type Told } from '../../support/doctor-facts.ts';
import {
  avast,
  bundle,
  certificate,
  claudes,
  denied,
  failing,
  names,
  ours,
  reached,
  routerSilent,
  running,
  runtime,
  silent,
  terminal,
  through,
  trial,
  unsigned,
  vpn,
  worked,
} from '../../support/probe-results.ts';

interface Case extends Told {
  /** The worst and surest finding. */
  readonly first: FindingId;
  /** What else is told. */
  readonly also?: readonly FindingId[];
  /** What would be wrong to tell. */
  readonly never?: readonly FindingId[];
}

/** Observation and cause, by the number that the row has in the table the product is built on. */
const ROWS: Readonly<Record<string, Case>> = {
  '1: the server of a client is refused, we are not': {
    question: { server: 'nas', reported: 'EHOSTUNREACH' },
    seen: { connect: reached, server: claudes },
    first: 'client-blocked',
    also: ['reached'],
  },
  '1: the same, with no server named': {
    question: { reported: 'EHOSTUNREACH' },
    seen: { connect: reached },
    first: 'client-blocked',
  },
  '1: no error was told, but the server is one of a client': {
    question: { server: 'nas' },
    seen: { connect: reached, server: claudes },
    first: 'client-may-block',
  },
  '2: refused at once, and the question of macOS is open': {
    seen: { connect: denied, permission: 'asked' },
    first: 'permission-open',
  },
  '3: refused at once, and the switch is off': {
    seen: { connect: denied, permission: 'denied' },
    first: 'permission-denied',
  },
  '4: refused at once, although the switch is on': {
    seen: { connect: denied, permission: 'granted', copies: ['/Applications/a.app', '/Users/me/a.app'] },
    first: 'permission-stale',
    also: ['copies'],
  },
  '2 to 4: refused at once, with the switch in an unknown position': {
    seen: { connect: denied },
    first: 'permission-unknown',
  },
  '5: refused at once in Terminal as well, with a filter': {
    seen: { connect: denied, launch: terminal, extensions: [avast] },
    first: 'blocked-for-all',
    also: ['filter'],
  },
  '5: the same with a VPN': {
    seen: { connect: denied, launch: terminal, vpns: vpn },
    first: 'blocked-for-all',
    also: ['vpn'],
  },
  '5: the same with neither': { seen: { connect: denied, launch: terminal }, first: 'blocked-for-all' },
  '6: cut off by a filter': {
    seen: { connect: failing('EBADF', 30), filters: { filters: 1, sockets: 200 } },
    first: 'content-filter',
  },
  '6: nothing comes back, of the router neither': {
    seen: { connect: silent, extensions: [avast], router: routerSilent },
    first: 'content-filter',
    also: ['no-answer'],
  },
  '7: refused': { seen: { connect: failing('ECONNREFUSED', 4) }, first: 'refused' },
  '8: no answer': { seen: { connect: silent }, first: 'no-answer' },
  '8: no answer, as the system has it': { seen: { connect: failing('ETIMEDOUT', 3900) }, first: 'no-answer' },
  '9: no host has that address': { seen: { connect: failing('EHOSTUNREACH', 3100) }, first: 'host-silent' },
  '9: the host is down': { seen: { connect: failing('EHOSTDOWN', 12) }, first: 'host-silent' },
  '10: the name is known here and not to the server': {
    question: { reported: 'ENOTFOUND' },
    seen: { connect: reached, server: claudes },
    first: 'name-in-child',
  },
  '10: the runtime says so itself': {
    seen: { connect: reached, runtime: runtime('ENOTFOUND') },
    first: 'name-in-child',
  },
  '11: the server may not connect': { question: { reported: 'EPERM' }, seen: { connect: reached }, first: 'sandboxed' },
  '11: the runtime says so itself': { seen: { connect: reached, runtime: runtime('EPERM') }, first: 'sandboxed' },
  '12: nothing of the server comes here': {
    question: { reported: 'EHOSTUNREACH' },
    seen: {
      connect: reached,
      server: { ...claudes, mode: 'through' },
      gateway: { ...running, carried: { tunnels: 0, requests: 0, failures: 0 } },
    },
    first: 'proxy-ignored',
  },
  '12: the server sends https without a tunnel': {
    question: { reported: 'UNSUPPORTED_SCHEME' },
    seen: { connect: reached, server: { ...claudes, mode: 'through' }, gateway: { ...running, carried: null } },
    first: 'https-without-tunnel',
  },
  '13: it worked before a major update': {
    seen: { connect: denied, lastGood: { at: 1, macos: '15.6' } },
    first: 'after-update',
  },
  '14: one of our servers is older than the permission': {
    question: { reported: 'EHOSTUNREACH' },
    seen: { connect: reached, server: ours },
    first: 'restart-server',
  },
  "15: Apple's own tool gets through": {
    seen: { connect: denied, appleTool: { outcome: 'connected', errno: null, elapsedMs: 20 } },
    first: 'permission-unknown',
    also: ['apple-exempt'],
  },
};

const HOME = { address: '127.0.0.1', way: { kind: 'this-machine', interface: null, router: null } } as const;
/** The target is this machine, and answers. */
const atHome = reached.map((one) => ({ ...one, ...HOME }));

/** What the product adds to that table. */
const BESIDES: Readonly<Record<string, Case>> = {
  'a server with a URL has no process that a permission came too late for': {
    question: { server: 'ha', reported: 'EHOSTUNREACH' },
    seen: { connect: reached, server: { ...ours, program: '', file: null, url: 'http://ha.local:8123/api/mcp' } },
    first: 'reached',
  },
  'all is well': {
    seen: { connect: reached, throughGateway: through(null) },
    first: 'reached',
    also: ['gateway-reaches'],
  },
  'another system refuses by itself': { platform: 'linux', seen: { connect: denied }, first: 'denied-here' },
  'cut off, with no filter known': { seen: { connect: failing('ECONNRESET', 12) }, first: 'broken-off' },
  'a router knows no way': {
    seen: { connect: failing('EHOSTUNREACH', 8, { way: { kind: 'routed', interface: 'en0', router: '192.168.1.1' } }) },
    first: 'no-path',
  },
  'a VPN knows no way': {
    seen: { connect: failing('EHOSTUNREACH', 800, { way: { kind: 'tunnel', interface: 'utun4', router: null } }) },
    first: 'no-path',
  },
  'we may not connect': { seen: { connect: failing('EPERM', 1) }, first: 'not-permitted' },
  'there is no network': { seen: { connect: failing('ENETUNREACH', 1) }, first: 'no-network' },
  'an unknown error': { seen: { connect: failing('EPROTO', 1) }, first: 'other-error' },
  'a name that does not exist': {
    question: { target: { host: 'nas.corp', port: 80 } },
    seen: { names: names('ENOTFOUND') },
    first: 'name-missing',
  },
  'a name of multicast DNS': {
    question: { target: { host: 'nas.local', port: 80 } },
    seen: { names: names('ENOTFOUND') },
    first: 'local-name',
  },
  'silent name servers': {
    question: { target: { host: 'nas.corp', port: 80 } },
    seen: { names: names('EAI_AGAIN') },
    first: 'name-unanswered',
  },
  'a runtime that is kept out': {
    seen: { connect: reached, runtime: runtime('EHOSTUNREACH') },
    first: 'runtime-fails',
  },
  'a command that is not there': { seen: { server: { ...ours, file: null } }, first: 'server-missing' },
  'the gateway is kept out, Terminal is not': {
    seen: { connect: reached, launch: terminal, throughGateway: through('EHOSTUNREACH') },
    first: 'gateway-blocked',
  },
  'the gateway fails': {
    seen: { connect: reached, throughGateway: through('PORT_DENIED', 403) },
    first: 'gateway-fails',
  },
  'the gateway is needed and off': {
    seen: { gateway: { kind: 'off', port: 28_080 }, server: { ...claudes, mode: 'through' } },
    first: 'gateway-needed',
  },
  'the gateway is off': { seen: { gateway: { kind: 'off', port: 28_080 } }, first: 'gateway-off' },
  'the port is taken': {
    seen: { gateway: { kind: 'stranger', port: 28_080, holder: 'nginx', pid: 7, free: 28_081 } },
    first: 'port-taken',
  },
  'the token is missing': { seen: { gateway: { kind: 'token-required', port: 28_080 } }, first: 'token-missing' },
  'no TLS there': {
    seen: {
      connect: reached,
      tls: { outcome: 'failed', errno: 'EPROTO', elapsedMs: 5, protocol: null, certificate: null },
    },
    first: 'tls-failed',
  },
  'TLS where http was written': {
    question: { scheme: 'http' },
    seen: { connect: reached, tls: certificate('self-signed') },
    first: 'speaks-tls',
    never: ['certificate-self-signed'],
  },
  'HTTP where https was written': {
    question: { scheme: 'https', tls: true },
    seen: {
      connect: reached,
      tls: { outcome: 'failed', http: true, errno: 'EPROTO', elapsedMs: 5, protocol: null, certificate: null },
    },
    first: 'speaks-http',
    never: ['tls-failed'],
  },
  'a port of Gangway itself': {
    question: { target: { host: '127.0.0.1', port: 28_080 } },
    seen: { connect: atHome, throughGateway: through('LOOP', 508) },
    first: 'own-port',
    also: ['reached'],
    never: ['gateway-fails'],
  },
  'the port of Gangway, with no token to ask it by': {
    question: { target: { host: '127.0.0.1', port: 28_080 } },
    seen: { connect: atHome, gateway: { kind: 'token-required', port: 28_080 } },
    first: 'own-port',
    also: ['token-missing'],
  },
  'another machine, on a way that leads back to Gangway': {
    seen: { connect: reached, throughGateway: through('LOOP', 508) },
    first: 'gateway-fails',
    never: ['own-port'],
  },
  'a program on the other loopback address': {
    seen: {
      connect: failing('ECONNREFUSED', 0.2, HOME),
      loopback: [{ address: '::1', outcome: 'connected', errno: null, elapsedMs: 0.1 }],
    },
    first: 'other-loopback',
    never: ['refused'],
  },
  'a name that a filter leads to 0.0.0.0': {
    question: { target: { host: 'ads.lan', port: 443 } },
    seen: { connect: failing('ECONNREFUSED', 0.2, { address: '0.0.0.0' }) },
    first: 'leads-nowhere',
    never: ['refused'],
  },
  'a name with an address that refuses': {
    seen: { connect: [...failing('ECONNREFUSED', 0.2, { ...HOME, address: '::1' }), ...atHome] },
    first: 'some-addresses',
    also: ['reached'],
  },
  'a name with an address of a family that is not here': {
    seen: { connect: [...failing('ENETUNREACH', 0.2, { address: 'fd00::1' }), ...reached] },
    first: 'reached',
    never: ['some-addresses'],
  },
  'a route of this machine that leads nowhere': {
    platform: 'linux',
    seen: { connect: failing('EINVAL', 0.2) },
    first: 'denied-here',
    never: ['other-error'],
  },
  'a certificate of its own': {
    seen: { connect: reached, tls: certificate('self-signed') },
    first: 'certificate-self-signed',
  },
  'an unknown authority': { seen: { tls: certificate('unknown-issuer') }, first: 'certificate-unknown' },
  'an old certificate': { seen: { tls: certificate('expired') }, first: 'certificate-expired' },
  'a certificate of tomorrow': { seen: { tls: certificate('not-yet-valid') }, first: 'certificate-early' },
  'another name': { seen: { tls: certificate('wrong-name') }, first: 'certificate-name' },
  'a remote server that works, with a certificate that is trusted by its fingerprint': {
    question: { tls: true },
    seen: { tls: certificate('self-signed'), remote: { ...worked, isPinned: true } },
    first: 'remote-works',
    never: ['certificate-self-signed'],
  },
  'a remote server whose trusted certificate has expired, behind a sign-in': {
    question: { tls: true },
    seen: { tls: certificate('expired'), remote: trial({ step: 'sign-in', cause: 'sign-in-needed', status: 401 }) },
    first: 'remote-sign-in-needed',
    never: ['certificate-expired'],
  },
  'a changed certificate': {
    question: { tls: true },
    seen: { tls: certificate('self-signed'), remote: trial({ step: 'tls', cause: 'certificate-changed' }) },
    first: 'remote-certificate-changed',
    never: ['certificate-self-signed'],
  },
  'a certificate that may be trusted': {
    question: { tls: true },
    seen: { tls: certificate('self-signed'), remote: trial({ step: 'tls', cause: 'certificate-unknown' }) },
    first: 'remote-certificate-unknown',
    never: ['certificate-self-signed'],
  },
  'a file of certificates that is not there': {
    question: { tls: true },
    seen: { tls: certificate('trusted'), remote: trial({ step: 'tls', cause: 'certificate-file' }) },
    first: 'remote-certificate-refused',
  },
  'an old certificate of a remote server is told of once': {
    question: { tls: true },
    seen: { tls: certificate('expired'), remote: trial({ step: 'tls', cause: 'certificate-refused' }) },
    first: 'certificate-expired',
    never: ['remote-certificate-refused'],
  },
  'a remote server that Gangway alone does not reach': {
    seen: { connect: reached, remote: trial({ step: 'permission' }) },
    first: 'remote-unreachable',
  },
  'a remote server that is not reached from here either': {
    seen: { connect: failing('ECONNREFUSED', 2), remote: trial({ step: 'route' }) },
    first: 'refused',
    never: ['remote-unreachable'],
  },
  'no MCP at the path': {
    seen: { remote: trial({ step: 'http', cause: 'wrong-path', status: 404 }) },
    first: 'remote-wrong-path',
  },
  'a redirect': { seen: { remote: trial({ step: 'http', cause: 'redirect' }) }, first: 'remote-redirect' },
  'a proxy that does not reach it': { seen: { remote: trial({ step: 'http', status: 502 }) }, first: 'remote-http' },
  'a sign-in that has ended': {
    seen: { remote: trial({ step: 'sign-in', cause: 'sign-in-ended', status: 401 }) },
    first: 'remote-sign-in-ended',
  },
  'a scope that is missing': {
    seen: { remote: trial({ step: 'sign-in', cause: 'scope-missing', status: 403 }) },
    first: 'remote-scope-missing',
  },
  'a token that is refused': {
    seen: { remote: trial({ step: 'sign-in', cause: 'credentials-refused', status: 401 }) },
    first: 'remote-credentials-refused',
  },
  'a door without a sign-in': {
    seen: { remote: trial({ step: 'sign-in', cause: 'forbidden', status: 403 }) },
    first: 'remote-forbidden',
  },
  'an authorization server that is away': {
    seen: { remote: trial({ step: 'sign-in', cause: 'sign-in-unavailable' }) },
    first: 'remote-sign-in-unavailable',
  },
  'no session': { seen: { remote: trial({ step: 'initialize' }) }, first: 'remote-session' },
  'no tools': { seen: { remote: trial({ step: 'tools' }) }, first: 'remote-tools' },
  'started by launchd': { seen: { launch: { kind: 'service', by: 'com.me.gangway', root: false } }, first: 'service' },
  'started by an editor': {
    seen: { launch: { kind: 'other-app', by: 'com.microsoft.VSCode', root: false } },
    first: 'other-app',
  },
  'run from where it was downloaded': { seen: { bundle: { ...bundle, translocated: true } }, first: 'translocated' },
  'not signed': { seen: { bundle: { ...bundle, signature: 'ad-hoc' } }, first: 'unsigned' },
  'an interpreter without a signature that counts': {
    question: { server: 'nas', reported: 'EHOSTUNREACH' },
    seen: { connect: reached, server: claudes, interpreter: unsigned },
    first: 'client-blocked',
    also: ['interpreter-unsigned'],
  },
  'the same, tried here': {
    question: { server: 'nas' },
    seen: { connect: reached, server: ours, interpreter: unsigned, runtime: runtime('EHOSTUNREACH') },
    first: 'runtime-fails',
    also: ['interpreter-unsigned'],
  },
  "Electron's UUID": { seen: { bundle: { ...bundle, ownUuid: false } }, first: 'foreign-uuid' },
  'several copies': { seen: { copies: ['/Applications/a.app', '/Users/me/a.app'] }, first: 'copies' },
  'a filter': { seen: { extensions: [avast] }, first: 'filter' },
  'a VPN': { seen: { vpns: vpn }, first: 'vpn' },
  'a foreign proxy': {
    seen: { proxyVariables: [{ name: 'https_proxy', leadsHere: false }] },
    first: 'proxy-elsewhere',
  },
};

const CASES = Object.entries({ ...ROWS, ...BESIDES });

describe('the decision table', () => {
  it.each(CASES)('%s', async (_name, { first, also = [], never = [], ...told }) => {
    const facts = factsFrom(told);
    const found = diagnose(facts).map(({ id }) => id);
    expect(found[0]).toBe(first);
    for (const id of also) expect(found).toContain(id);
    for (const id of never) expect(found).not.toContain(id);

    const options = { version: '0.0.0', platform: facts.platform, signal: new AbortController().signal };
    const examined = await examine(facts.question, probesSeeing(facts), options);
    expect(diagnose(examined).map(({ id }) => id)).toEqual(found);
  });

  it('has a case for every finding', () => {
    const told = new Set(CASES.flatMap(([, { first, also = [] }]) => [first, ...also]));
    expect([...new Set(TABLE.map(({ finding }) => finding))].filter((finding) => !told.has(finding))).toEqual([]);
    expect(Object.keys(appTextIn('en').doctorFindings).toSorted()).toEqual(
      [...new Set(TABLE.map(({ finding }) => finding as string))].toSorted(),
    );
  });

  it('has no row that another one hides', () => {
    for (const [index, row] of TABLE.entries()) {
      const hiding = TABLE.slice(0, index).find(
        ({ finding, all, none = [] }) =>
          finding === row.finding &&
          all.every((sign) => row.all.includes(sign)) &&
          none.every((sign) => row.none?.includes(sign)),
      );
      expect(hiding, `row ${index} (${row.finding})`).toBeUndefined();
    }
  });
});

import { peer } from '../../common/peer.ts';
import type { ProxySubject } from './subject.ts';

export function proxyChain(): ProxySubject {
  const { version, file } = peer('proxy-chain', '../../proxy-chain.js');
  if (version === null) return { name: 'proxy-chain', command: null };
  return {
    name: `proxy-chain ${version}`,
    command: (port) => ({ command: process.execPath, args: [file, String(port)] }),
  };
}

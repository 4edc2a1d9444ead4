import { describe, expect, it } from 'vitest';
import { type AccountSources, peopleHere } from '../../../app/platform/shell/index.ts';

function system(changes: Partial<AccountSources>): AccountSources {
  return {
    platform: 'linux',
    readFile: () => Promise.reject(new Error('no such file')),
    run: () => Promise.reject(new Error('no such program')),
    exists: () => true,
    ...changes,
  };
}

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
postgres:x:112:118:PostgreSQL,,,:/var/lib/postgresql:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
ann:x:1000:1000:Ann,,,:/home/ann:/bin/bash
bob:x:1001:1001::/home/bob:/usr/bin/zsh
git:x:1002:1002::/home/git:/usr/sbin/nologin
robot:x:1003:1003::/home/robot:/bin/false
plain:x:1004:1004::/home/plain:
gone:x:1005:1005::/home/gone:/bin/sh
+::::::
broken line
`;

const IDS = `_appstore                33
_www                     70
daemon                   1
nobody                   -2
root                     0
ann                      501
bob                      502
_hidden                  503
service                  504
gone                     505
`;
const HOMES = `_appstore                /var/db/appstore
_www                     /Library/WebServer
daemon                   /var/root
nobody                   /var/empty
root                     /var/root /private/var/root
ann                      /Users/ann
bob                      /Users/bob jones
_hidden                  /Users/_hidden
service                  /opt/service
gone                     /Users/gone
`;

describe('the people of a machine', () => {
  it('on Linux are the accounts from 1000 on that have a login shell and a home', async () => {
    const sources = system({
      readFile: (path) => (path === '/etc/passwd' ? Promise.resolve(PASSWD) : Promise.reject(new Error(path))),
      exists: (path) => path !== '/home/gone',
    });
    expect(await peopleHere(sources)).toEqual(['ann', 'bob', 'plain']);
  });

  it('on macOS are the accounts from 501 on with a home in /Users, as Directory Services list them', async () => {
    const sources = system({
      platform: 'darwin',
      run: (program, args) => {
        expect([program, ...args.slice(0, 3)]).toEqual(['/usr/bin/dscl', '.', '-list', '/Users']);
        return Promise.resolve(args[3] === 'UniqueID' ? IDS : HOMES);
      },
      exists: (path) => path !== '/Users/gone',
    });
    expect(await peopleHere(sources)).toEqual(['ann', 'bob']);
  });

  it('are not told where the system does not tell', async () => {
    expect(await peopleHere(system({}))).toEqual([]);
    expect(await peopleHere(system({ platform: 'darwin' }))).toEqual([]);
    expect(await peopleHere(system({ platform: 'win32' }))).toEqual([]);
  });
});

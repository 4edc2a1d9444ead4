import { describe, expect, it } from 'vitest';
import { type FileDoubt, type FileLook, fileDoubts } from '../../../app/cli/file-trust.ts';

interface Node {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly link?: string;
}

/** A machine where account 501 looks at a tree; folders that are not named are root's. */
function machine(tree: Readonly<Record<string, Node>>, changes: Partial<FileLook> = {}): FileLook {
  return {
    uid: 501,
    rootGroups: [0],
    accounts: () => ({ passwd: 'ann:x:501:501::/home/ann:/bin/sh\nbob:x:502:502::/home/bob:/bin/sh\n', group: '' }),
    readlink: (path) => tree[path]?.link ?? '',
    lstat(path) {
      const isFolder = Object.keys(tree).some((name) => name.startsWith(path === '/' ? '/' : `${path}/`));
      const node = tree[path] ?? (isFolder ? { mode: 0o755, uid: 0 } : undefined);
      if (node === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      const { mode = 0o600, uid = 501, gid = 501, link } = node;
      return { mode, uid, gid, isSymbolicLink: () => link !== undefined };
    },
    ...changes,
  };
}

function seen(doubts: readonly FileDoubt[]): readonly string[] {
  return doubts.map(({ kind, path, mode }) => `${kind} ${path} ${mode}`);
}

describe('who else may change a file', () => {
  it('finds nothing against a private file in folders of its owner and of root', () => {
    const look = machine({ '/home/ann': { mode: 0o755 }, '/home/ann/t': {} });
    expect(fileDoubts('/home/ann/t', look)).toEqual([]);
  });

  it.each([
    ['the group', 0o620],
    ['all others', 0o602],
  ])('tells that %s may write it', (_who, mode) => {
    expect(seen(fileDoubts('/etc/t', machine({ '/etc/t': { mode } })))).toEqual([
      `writable /etc/t 0${mode.toString(8)}`,
    ]);
  });

  it('tells that others may read it, which is another matter', () => {
    expect(seen(fileDoubts('/etc/t', machine({ '/etc/t': { mode: 0o644 } })))).toEqual(['readable /etc/t 0644']);
  });

  it('looks at every folder on the way, because a file can be replaced there', () => {
    const look = machine({ '/srv/open': { mode: 0o777 }, '/srv/open/in': { mode: 0o700 }, '/srv/open/in/t': {} });
    expect(seen(fileDoubts('/srv/open/in/t', look))).toEqual(['replaceable /srv/open 0777']);
  });

  it('has nothing against a folder with the sticky bit', () => {
    const look = machine({ '/tmp': { mode: 0o1777, uid: 0 }, '/tmp/t': {} });
    expect(fileDoubts('/tmp/t', look)).toEqual([]);
  });

  it('follows a link to the file that is read, and looks at the folders of both', () => {
    const look = machine({
      '/home/ann/t': { link: '../shared/real' },
      '/home/shared': { mode: 0o2777 },
      '/home/shared/real': { mode: 0o666 },
    });
    expect(seen(fileDoubts('/home/ann/t', look))).toEqual([
      'replaceable /home/shared 02777',
      'writable /home/shared/real 0666',
      'readable /home/shared/real 0666',
    ]);
  });

  it('follows links among the folders', () => {
    const look = machine({ '/etc/app': { link: '/srv/app' }, '/srv/app': { mode: 0o757 }, '/srv/app/t': {} });
    expect(seen(fileDoubts('/etc/app/t', look))).toEqual(['replaceable /srv/app 0757']);
  });

  it('does not follow a circle of links for ever', () => {
    const look = machine({ '/etc/a': { link: '/etc/b' }, '/etc/b': { link: '/etc/a' } });
    expect(fileDoubts('/etc/a', look)).toEqual([]);
  });

  it('names another account that owns the file or a folder above it', () => {
    const look = machine({ '/home/bob': { mode: 0o755, uid: 502 }, '/home/bob/t': { uid: 502 } });
    expect(seen(fileDoubts('/home/bob/t', look))).toEqual(['foreign /home/bob 0755', 'foreign /home/bob/t 0600']);
  });

  it('trusts a group that has no other member, as the folders of Linux accounts have one', () => {
    const tree = { '/home/ann': { mode: 0o775 }, '/home/ann/t': {} };
    const passwd = 'ann:x:501:501::/home/ann:/bin/sh\nbob:x:502:502::/home/bob:/bin/sh\n';
    const withGroup = (group: string, more = ''): FileLook =>
      machine(tree, { accounts: () => ({ passwd: passwd + more, group }) });
    expect(fileDoubts('/home/ann/t', withGroup('ann:x:501:\n'))).toEqual([]);
    expect(seen(fileDoubts('/home/ann/t', withGroup('ann:x:501:bob\n')))).toEqual(['replaceable /home/ann 0775']);
    expect(seen(fileDoubts('/home/ann/t', withGroup('ann:x:501:\n', 'eve:x:503:501::/:/bin/sh\n')))).toEqual([
      'replaceable /home/ann 0775',
    ]);
    expect(seen(fileDoubts('/home/ann/t', withGroup('')))).toEqual(['replaceable /home/ann 0775']);
  });

  it('trusts a folder that only administrators may write', () => {
    const look = machine({ '/opt': { mode: 0o775, uid: 0, gid: 80 }, '/opt/t': {} }, { rootGroups: [0, 80] });
    expect(fileDoubts('/opt/t', look)).toEqual([]);
  });

  it('says nothing of a file that is not there, nor on Windows', () => {
    expect(fileDoubts('/etc/none', machine({ '/etc/t': {} }))).toEqual([]);
    expect(fileDoubts('/etc/t', machine({ '/etc/t': { mode: 0o666 } }, { uid: null }))).toEqual([]);
  });
});

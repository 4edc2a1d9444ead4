/** A repository on GitHub. */
export interface Repository {
  readonly owner: string;
  readonly name: string;
}

const GITHUB =
  /^(?:github:|(?:git\+)?https:\/\/github\.com\/|git:\/\/github\.com\/|(?:git\+)?ssh:\/\/git@github\.com\/|git@github\.com:)?([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([A-Za-z0-9._-]{1,100}?)(?:\.git)?\/?$/;

/**
 * The repository that `repository` in package.json names: `owner/name`, `github:owner/name` or an address, as a string or as `url`
 * of an object (npm's package.json). Null when the field is not set.
 * @throws Error when it names something else than a repository on GitHub
 */
export function repositoryOf(field: unknown): Repository | null {
  if (field === undefined || field === null) return null;
  const named: unknown = typeof field === 'object' ? Object(field).url : field;
  const match = typeof named === 'string' ? GITHUB.exec(named) : null;
  if (match === null) {
    throw new Error(`"repository" in package.json names no repository on GitHub: ${JSON.stringify(field)}`);
  }
  const [, owner = '', name = ''] = match;
  return { owner, name };
}

/** Where a person finds every version. */
export function releasesPage({ owner, name }: Repository): string {
  return `https://github.com/${owner}/${name}/releases`;
}

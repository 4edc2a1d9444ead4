/** An address with gaps (RFC 6570), and the server that fills them. */
export interface OwnedTemplate {
  readonly owner: string;
  readonly template: string;
}

/** Whose resource it is: one server's, or that of several, which are named; empty where none is known to have it. */
export type Ownership = { readonly owner: string } | { readonly owners: readonly string[] };

/**
 * Tells whose a resource is by its address, which stays as its server wrote it: addresses stand in results, too. An exact address comes
 * before a template, and among templates the one with most literal characters. The content of another server's resource of the same
 * address must never be returned: where several have it, none is asked.
 */
export class ResourceOwners {
  readonly #exact = new Map<string, Set<string>>();
  readonly #templates: readonly {
    readonly owner: string;
    readonly pieces: readonly string[];
    readonly literal: number;
  }[];
  readonly #written = new Map<string, Set<string>>();

  constructor(
    resources: Iterable<{ readonly owner: string; readonly uri: string }>,
    templates: readonly OwnedTemplate[],
  ) {
    for (const { owner, uri } of resources) add(this.#exact, uri, owner);
    for (const { owner, template } of templates) add(this.#written, template, owner);
    this.#templates = templates.map(({ owner, template }) => {
      const pieces = template.split(/\{[^{}]*\}/);
      return { owner, pieces, literal: pieces.reduce((sum, piece) => sum + piece.length, 0) };
    });
  }

  of(uri: string): Ownership {
    const exact = this.#exact.get(uri);
    if (exact !== undefined) return only([...exact]);
    const matching = this.#templates.filter(({ pieces }) => fills(pieces, uri));
    const most = Math.max(0, ...matching.map(({ literal }) => literal));
    return only([...new Set(matching.filter(({ literal }) => literal === most).map(({ owner }) => owner))]);
  }

  /** Whose template it is, by its own text; a resource may stand in its place. */
  ofTemplate(template: string): Ownership {
    const owners = this.#written.get(template);
    return owners === undefined ? this.of(template) : only([...owners]);
  }
}

function add(owners: Map<string, Set<string>>, key: string, owner: string): void {
  const known = owners.get(key);
  if (known === undefined) owners.set(key, new Set([owner]));
  else known.add(owner);
}

function only(owners: readonly string[]): Ownership {
  const [owner, another] = owners;
  return owner === undefined || another !== undefined ? { owners } : { owner };
}

/**
 * Whether an address has these literal pieces in their order, from its beginning to its end. What fills the gaps is for the server to
 * judge. Each piece is searched once, where it comes first: linear, whatever the template.
 */
function fills(pieces: readonly string[], uri: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return uri === first;
  if (!uri.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = uri.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return uri.length - last.length >= at && uri.endsWith(last);
}

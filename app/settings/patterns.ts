/** One step of a pattern: a character, or any number of them. */
type Step =
  | { readonly kind: 'character'; readonly code: number }
  | { readonly kind: 'one' }
  /** `isSegment`: no `/`, `?` or `#` among them, as RFC 6570 section 3.2.2 expands a plain `{name}`. */
  | { readonly kind: 'any'; readonly isSegment: boolean };

const WILDCARDS = /[*?]/;
const EXPRESSION = /^\{([+#./;?&]?)[^{}]*\}/;

/**
 * Whether `name` is meant by a glob: `*` stands for any run of characters, `?` for one, everything else for itself. Both are read once,
 * whatever they hold: the time is bounded by the product of their lengths.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  if (!WILDCARDS.test(pattern)) return pattern === name;
  return runs(stepsOf(pattern, null), name);
}

/**
 * Whether `uri` could be made of a URI template (RFC 6570). `isWide`: each expression stands for any text; else a plain `{name}` stands
 * for one segment of a path, and only the others for any text.
 */
export function matchesTemplate(template: string, uri: string, isWide: boolean): boolean {
  return runs(stepsOf(template, isWide), uri);
}

/** Whether a text holds an expression of a URI template. */
export function isTemplate(text: string): boolean {
  return /\{[^{}]+\}/.test(text);
}

/** `isWide` is null where braces are nothing special. */
function stepsOf(pattern: string, isWide: boolean | null): readonly Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at < pattern.length) {
    const expression = isWide === null ? null : EXPRESSION.exec(pattern.slice(at, at + 256));
    const character = pattern[at];
    if (expression !== null) steps.push({ kind: 'any', isSegment: isWide === false && expression[1] === '' });
    else if (character === '*') steps.push({ kind: 'any', isSegment: false });
    else if (character === '?' && isWide === null) steps.push({ kind: 'one' });
    else steps.push({ kind: 'character', code: pattern.charCodeAt(at) });
    at += expression?.[0].length ?? 1;
  }
  return steps;
}

/** All places in the pattern that the text read so far can lead to are held at once: nothing is tried twice. */
function runs(steps: readonly Step[], text: string): boolean {
  const end = steps.length;
  let here = new Set<number>();
  /** A run of characters may be empty. */
  const reach = (into: Set<number>, at: number): void => {
    let to = at;
    into.add(to);
    while (steps[to]?.kind === 'any') into.add(++to);
  };
  reach(here, 0);
  for (let at = 0; at < text.length && here.size > 0; at++) {
    const code = text.charCodeAt(at);
    const next = new Set<number>();
    for (const place of here) {
      const step = steps[place];
      if (step === undefined) continue;
      if (step.kind === 'any') {
        if (!step.isSegment || !isDelimiter(code)) reach(next, place);
      } else if (step.kind === 'one' || step.code === code) {
        reach(next, place + 1);
      }
    }
    here = next;
  }
  return here.has(end);
}

/** `/`, `?` and `#`. */
function isDelimiter(code: number): boolean {
  return code === 0x2f || code === 0x3f || code === 0x23;
}

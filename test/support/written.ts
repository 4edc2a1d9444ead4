/** Maps, lists, strings, numbers and booleans, as configuration files hold them. */
export type Sample = string | number | boolean | readonly Sample[] | { readonly [key: string]: Sample };

/** Chooses one of `count` ways to go on: where a person's habits would come in. */
export type Choice = (count: number) => number;

/** Reads the choices off a tape, over and over. */
export function choiceFrom(tape: readonly number[]): Choice {
  let at = 0;
  return (count) => {
    const next = tape[at % tape.length] ?? 0;
    at += 1;
    return next % count;
  };
}

/** The same value as JSON with comments, as a person writes it. */
export function writtenJson(value: Sample, choose: Choice): string {
  const eol = choose(2) === 0 ? '\n' : '\r\n';
  const gap = (): string =>
    ['', '', ' ', '  ', '\t', eol, `${eol}    `, ` // note${eol}`, ' /* , } */ ', `${eol}\t// "x": 1,${eol}`][
      choose(10)
    ] ?? '';
  const write = (inner: Sample): string => {
    if (isList(inner)) return collection('[', inner.map(write), ']');
    if (typeof inner !== 'object') return JSON.stringify(inner);
    return collection(
      '{',
      Object.entries(inner).map(([key, item]) => `${JSON.stringify(key)}${gap()}:${gap()}${write(item)}`),
      '}',
    );
  };
  const collection = (open: string, items: readonly string[], close: string): string => {
    const comma = items.length > 0 && choose(4) === 0 ? `,${gap()}` : '';
    return `${open}${gap()}${items.map((item) => `${item}${gap()}`).join(`,${gap()}`)}${comma}${close}`;
  };
  return `${gap()}${write(value)}${gap()}`;
}

/** The same map as YAML: block and flow collections, any indentation, comments, all ways to quote. */
export function writtenYaml(value: { readonly [key: string]: Sample }, choose: Choice): string {
  const eol = choose(2) === 0 ? '\n' : '\r\n';
  const step = ' '.repeat(1 + choose(4));
  const note = (): string => ['', '', '', '  # note: x', ' # "'][choose(5)] ?? '';
  const rest = (inner: Sample, indent: string): string => {
    if (isList(inner)) {
      if (inner.length === 0 || choose(3) === 0) return ` ${flow(inner)}${note()}${eol}`;
      const dash = choose(2) === 0 ? indent : indent + step;
      return `${note()}${eol}${inner.map((item) => `${dash}- ${flow(item)}${note()}${eol}${blank(dash)}`).join('')}`;
    }
    if (typeof inner !== 'object' || Object.keys(inner).length === 0 || choose(4) === 0)
      return ` ${flow(inner)}${note()}${eol}`;
    return `${note()}${eol}${block(inner, indent + step)}`;
  };
  const block = (map: { readonly [key: string]: Sample }, indent: string): string =>
    Object.entries(map)
      .map(([key, item]) => `${indent}${quoted(key)}:${rest(item, indent)}${blank(indent)}`)
      .join('');
  const blank = (indent: string): string =>
    ['', '', '', eol, `${indent}# between${eol}`, `# far left${eol}`][choose(6)] ?? '';
  const flow = (inner: Sample): string => {
    if (isList(inner))
      return `[${choose(2) === 0 ? '' : ' '}${inner.map(flow).join(', ')}${choose(2) === 0 ? '' : ' '}]`;
    if (typeof inner !== 'object') return typeof inner === 'string' ? quoted(inner) : JSON.stringify(inner);
    return `{${Object.entries(inner)
      .map(([key, item]) => ` ${quoted(key)}: ${flow(item)}`)
      .join(',')}${choose(2) === 0 ? '' : ' '}}`;
  };
  const quoted = (text: string): string => {
    if (/^[A-Za-z][A-Za-z_-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text) && choose(2) === 0) return text;
    return /^[ -~]*$/.test(text) && choose(2) === 0 ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
  };
  return `${['', `# top${eol}`, `---${eol}`, `# top${eol}${eol}`][choose(4)]}${block(value, '')}`;
}

/** The same map as TOML: headers, inline tables and dotted keys. */
export function writtenToml(value: { readonly [key: string]: Sample }, choose: Choice): string {
  const eol = choose(2) === 0 ? '\n' : '\r\n';
  const note = (): string => ['', '', '', '  # note = 1', ' # "'][choose(5)] ?? '';
  const blank = (): string => ['', '', eol, `# between${eol}`, `  # indented${eol}`][choose(5)] ?? '';
  const section = (path: readonly string[], map: { readonly [key: string]: Sample }): string => {
    const lines: string[] = [];
    const below: string[] = [];
    const indent = ['', '', '  ', '\t'][choose(4)] ?? '';
    for (const [key, item] of Object.entries(map)) {
      const way = typeof item === 'object' && !isList(item) ? choose(4) : 3;
      if (typeof item === 'object' && !isList(item) && way < 2) below.push(section([...path, key], item));
      else if (typeof item === 'object' && way === 2 && Object.keys(item).length > 0) {
        for (const [inner, deep] of Object.entries(item))
          lines.push(`${indent}${name(key)}.${name(inner)} = ${inline(deep)}${note()}${eol}${blank()}`);
      } else
        lines.push(`${indent}${name(key)}${choose(2) === 0 ? ' = ' : '='}${inline(item)}${note()}${eol}${blank()}`);
    }
    const silent = path.length === 0 || (lines.length === 0 && below.length > 0 && choose(2) === 0);
    const header = silent ? '' : `${indent}[${path.map(name).join(choose(2) === 0 ? '.' : ' . ')}]${note()}${eol}`;
    return `${blank()}${header}${lines.join('')}${below.join('')}`;
  };
  const inline = (item: Sample): string => {
    if (isList(item)) {
      if (item.length > 0 && choose(3) === 0)
        return `[${eol}${item.map((inner) => `  ${inline(inner)},${note()}${eol}`).join('')}]`;
      return `[${item.map(inline).join(', ')}]`;
    }
    if (typeof item !== 'object') return typeof item === 'string' ? text(item) : JSON.stringify(item);
    return `{${Object.entries(item)
      .map(([key, inner]) => ` ${name(key)} = ${inline(inner)}`)
      .join(',')} }`;
  };
  const text = (raw: string): string =>
    /^[ -&(-~]*$/.test(raw) && choose(2) === 0 ? `'${raw}'` : JSON.stringify(raw).replaceAll('\x7f', '\\u007f');
  const name = (key: string): string => (/^[\w-]+$/.test(key) && choose(3) > 0 ? key : text(key));
  return section([], value);
}

function isList(value: Sample): value is readonly Sample[] {
  return Array.isArray(value);
}

import { getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import type { Format, Reading } from './edit.ts';
import { spliced } from './layout.ts';
import { tomlPlaces } from './toml-places.ts';
import { tomlSplices } from './toml-writer.ts';

/** TOML 1.0. The parser gives the places, the splices are ours: no library edits TOML and leaves all comments alone. */
export const toml: Format = {
  read: (text) => read(text),
  edit: (text, step) => spliced(text, tomlSplices(text, tomlPlaces(text), step)),
  span: (text, path) => tomlPlaces(text).span(path),
};

function read(text: string): Reading {
  try {
    return { kind: 'value', value: getStaticTOMLValue(parseTOML(text)) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    // Its columns count from 0.
    return { kind: 'broken', fault: { line: error.lineNumber, column: error.column + 1 } };
  }
}

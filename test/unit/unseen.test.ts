import { describe, expect, it } from 'vitest';
import { hasFalseSpace, hasUnseen, plainly } from '../../app/base/unseen.ts';
import { loadersIn } from '../../app/settings/loaders.ts';

describe('What is shown before it is stored', () => {
  it('has characters that cannot be seen, or look like others, written out', () => {
    expect(plainly('a\u202eb\nc\u200bd\u2800e\u00a0f\u{e0041}')).toBe(
      String.raw`a\u{202e}b\u{a}c\u{200b}d\u{2800}e\u{a0}f\u{e0041}`,
    );
    expect(plainly('/Users/林 小明/Ünï “x” 🏠')).toBe('/Users/林 小明/Ünï “x” 🏠');
  });

  it('is told what of it is unseen, and what is no space', () => {
    for (const one of ['\0', '\u202e', '\u2029', '\ud800', '\ufeff', '\ue000', '\u{e0001}']) {
      expect(hasUnseen(`a${one}b`), JSON.stringify(one)).toBe(true);
    }
    for (const one of ['\u00a0', '\u2003', '\u3000', '\u2800']) {
      expect([hasUnseen(one), hasFalseSpace(one)], JSON.stringify(one)).toEqual([false, true]);
    }
    for (const one of ['a b', '林', 'é', '🏠', '“'])
      expect([hasUnseen(one), hasFalseSpace(one)]).toEqual([false, false]);
  });

  it('names variables that load more than the command says, and no others', () => {
    const loaders = [
      'LD_PRELOAD',
      'DYLD_INSERT_LIBRARIES',
      'NODE_OPTIONS',
      'PYTHONPATH',
      'PATH',
      'BASH_ENV',
      'RUBYOPT',
    ];
    const more = ['npm_config_registry', 'UV_INDEX_URL', 'PIP_INDEX_URL', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS'];
    const others = [
      'API_KEY',
      'NODE_ENV',
      'PYTHONUNBUFFERED',
      'HOME',
      'MY_PATH',
      'ENVIRONMENT',
      'LOG_LEVEL',
      'NAS_URL',
    ];
    expect(loadersIn([...loaders, ...others, ...more])).toEqual([...loaders, ...more]);
  });
});

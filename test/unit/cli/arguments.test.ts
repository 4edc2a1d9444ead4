import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complaint, parse, settingsOf } from '../../support/parsed-arguments.ts';

const URL_FORM =
  "a server's URL is http:// or https://, without a user name, a password or a #fragment; credentials go into the headers of a --config file.";

describe('mistakes on the command line', () => {
  it.each([
    [['--prot', '9000'], '--prot is not an option. Did you mean --port?'],
    [['--Port=9000'], '--Port is not an option. Did you mean --port?'],
    [['--see', 'npx'], '--see is not an option. Did you mean --sse?'],
    [['--verbose'], '--verbose is not an option. --help lists all options.'],
    [['-x'], '-x is not an option. --help lists all options.'],
    [['-px'], '--port cannot be "x": a port is a number from 1 to 65535.'],
    [['stauts'], '"stauts" is not expected here. Did you mean status?'],
    [['npx', '-y'], '-y is not an option. The command of an MCP server goes behind --sse, as the last thing.'],
    [['--stdio', 'npx -y some-server'], '--stdio is not an option. Did you mean --sse?'],
    [['token', 'lst', '--tokens', 'x'], '"lst" is not expected here. Did you mean list?'],
    [['clients', 'aply'], '"aply" is not expected here. Did you mean apply?'],
    [['settings', 'x'], '"x" is not expected here. Did you mean get, set, export, import?'],
    [
      ['add', 'nas', 'npx', '-y', 'some-server'],
      '-y is not an option. Name the server and its command or URL: mcp-gangway add NAME -- COMMAND …, or mcp-gangway add NAME URL.',
    ],
    [['--sse', 'nas.lan:8123/mcp'], `--sse cannot be "nas.lan:8123/mcp": ${URL_FORM}`],
    [['add', 'nas', '[fd00::5]:8123'], `URL cannot be "[fd00::5]:8123": ${URL_FORM}`],
    [
      ['server.py'],
      '"server.py" is not expected here. The command of an MCP server goes behind --sse, as the last thing.',
    ],
    [['serve', 'x'], '"x" is not expected here. The command of an MCP server goes behind --sse, as the last thing.'],
    [['-port', '9000'], '-port is not an option. Did you mean --port?'],
    [['—config', 'servers.json'], '—config is not an option. Did you mean --config?'],
    [['-sse', 'npx', '-y', 'some-server'], '-sse is not an option. Did you mean --sse?'],
    [['--__proto__', 'x'], '--__proto__ is not an option. --help lists all options.'],
  ])('%s', (argv, message) => expect(complaint(argv)).toBe(message));

  it('never crash the parser', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '-p',
        '--port',
        '--host=',
        '--token',
        '--forward',
        '--sse',
        '--',
        '-',
        '--lang',
        'status',
        'doctor',
        'connect',
        '-hv',
      ),
    );
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        expect(['serve', 'status', 'doctor', 'connect', 'help', 'version', 'error']).toContain(parse(argv).kind);
      }),
    );
  });
});

describe('the language', () => {
  it.each([
    [{ LC_ALL: 'zh_TW.UTF-8', LANG: 'en_US.UTF-8' }, 'zh-Hant'],
    [{ LC_MESSAGES: 'zh_TW', LANG: 'en_US.UTF-8' }, 'zh-Hant'],
    [{ LC_ALL: '', LANG: 'zh_HK.UTF-8' }, 'zh-Hant'],
    [{ LC_ALL: 'C', LANG: 'zh_TW.UTF-8' }, 'en'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
    [{}, 'en'],
  ])('is the one of the locale: %s', (environment, language) => {
    expect(settingsOf([], environment).language).toBe(language);
  });

  it('may be asked for', () => {
    for (const written of ['zh-Hant', 'ZH-HANT', 'zh-TW', 'zh_TW.UTF-8']) {
      expect(settingsOf(['--lang', written]).language).toBe('zh-Hant');
    }
    expect(settingsOf(['--lang=en'], { LANG: 'zh_TW' }).language).toBe('en');
    expect(complaint(['--lang', 'de'])).toBe('--lang cannot be "de": languages are en and zh-Hant.');
  });

  it('is also the language of complaints, wherever in the line it was asked for', () => {
    expect(complaint(['-p', 'x', '--lang', 'zh-Hant'])).toBe('--port 不能是「x」：連接埠是 1 到 65535 的數字。');
    expect(complaint(['-p', 'x', '--sse', 'y', '--lang', 'zh-Hant'])).toContain('cannot be');
    expect(complaint(['--prot', '--lang', 'zh-Hant'])).toBe('沒有 --prot 這個選項。您是不是要用 --port？');
    expect(complaint(['clients', 'qqqqqqqq', '--lang', 'zh-Hant'])).toMatch(/list、plan、apply/);
  });
});

import { describe, expect, it } from 'vitest';
import { MESSAGE_LIMIT, REDACTED, Redactor } from '../../../app/log/redact.ts';

const redactor = new Redactor();

/** Made up from parts, so that no scanner takes this file for a leak. */
const MIX = `Xk29dLq0PzvT81mB${'nQe47WsY3rUh6JcG'}`;
const LONG = MIX + MIX;
const HEX = `0123456789abcdef${'fedcba9876543210'}`;
const HEX40 = `${HEX}8badf00d`;
const UUID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const made = (...parts: readonly string[]): string => parts.join('');
const jwt = made('ey', 'JhbGciOiJIUzI1NiJ9', '.', 'ey', 'Jpc3MiOiJoYSJ9', '.', MIX);

/** The text, and what must not be left of it. */
const SECRETS: readonly (readonly [name: string, text: string, secret: string])[] = [
  // By the shape that their issuer gives them.
  ...(
    [
      ['a GitHub personal token', 'ghp', '_', `${MIX}abcd`],
      ['a GitHub OAuth token', 'gho', '_', `${MIX}abcd`],
      ['a GitHub app token', 'ghs', '_', `${MIX}abcd`],
      ['a GitHub refresh token', 'ghr', '_', `${MIX}abcd`],
      ['a fine-grained GitHub token', 'github', '_pat_', `${MIX}_${MIX}`],
      ['a GitLab token', 'glpat', '-', MIX.slice(0, 20)],
      ['a GitLab runner token', 'glrt', '-', MIX.slice(0, 20)],
      ['a Slack bot token', 'xoxb', '-', `123456789012-${MIX}`],
      ['a Slack user token', 'xoxp', '-', `123456789012-${MIX}`],
      ['a Slack app token', 'xapp', '-', `1-A0123-${MIX}`],
      ['an AWS key id', 'AKIA', '', 'QWERTYUIOPASDFGH'],
      ['a temporary AWS key id', 'ASIA', '', 'QWERTYUIOPASDFGH'],
      ['a Google API key', 'AIza', 'Sy', `${MIX}a`],
      ['a Google access token', 'ya29', '.', LONG],
      ['a Google client secret', 'GOCSPX', '-', MIX],
      ['an OpenAI key', 'sk', '-', LONG],
      ['an OpenAI project key', 'sk-proj', '-', LONG],
      ['an Anthropic key', 'sk-ant', '-api03-', LONG],
      ['an OpenRouter key', 'sk-or', '-v1-', HEX],
      ['a Hugging Face token', 'hf', '_', MIX],
      ['an npm token', 'npm', '_', `${MIX}abcd`],
      ['a PyPI token', 'pypi', '-', `AgEIcHlwaS5vcmc${MIX}`],
      ['a Stripe key', 'sk', '_live_', MIX],
      ['a restricted Stripe key', 'rk', '_live_', MIX],
      ['a Stripe webhook secret', 'whsec', '_', MIX],
      ['a SendGrid key', 'SG', '.', `${MIX.slice(0, 22)}.${MIX}abc`],
      ['a Telegram bot token', '123456789', ':', `AA${MIX}z`],
      ['a Discord bot token', 'M', 'TA4', `NTk0MDE1MTIzNDU2Nzg5MA.Gx1y2z.${MIX}`],
      ['a Notion secret', 'secret', '_', `${MIX}${MIX.slice(0, 11)}`],
      ['a Notion token', 'ntn', '_', `${MIX}${MIX.slice(0, 11)}`],
      ['a Linear key', 'lin', '_api_', MIX],
      ['a Figma token', 'figd', '_', MIX],
      ['an Atlassian token', 'ATATT3', 'x', LONG],
      ['a DigitalOcean token', 'dop', '_v1_', HEX + HEX],
      ['a Fly token', 'fm2', '_', `${LONG}==`],
      ['a Databricks token', 'dapi', '', HEX],
      ['a Shopify token', 'shpat', '_', HEX],
      ['a Mailgun key', 'key', '-', HEX],
      ['an Airtable token', 'pat', MIX.slice(0, 14), `.${HEX}${HEX}`],
      ['a Vault token', 'hvs', '.', MIX],
      ['a Docker Hub token', 'dckr', '_pat_', MIX],
      ['a Grafana token', 'glsa', '_', `${MIX}_abcdef12`],
      ['a Supabase token', 'sbp', '_', HEX40],
      ['a Tailscale key', 'tskey', '-auth-', MIX],
      ['a Groq key', 'gsk', '_', MIX],
      ['a Replicate token', 'r8', '_', MIX],
      ['an age key', 'AGE-SECRET', '-KEY-1', 'QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQQ'],
      ['a token of an unknown issuer', 'acme', '_live_', MIX],
    ] as const
  ).map(([name, ...parts]) => [name, `failed for ${parts.join('')} at db.lan`, parts[2]] as const),
  ['a JSON Web Token', `logged in with ${jwt} at 10:00`, MIX],
  ['a private key', `-----BEGIN ${'RSA '}PRIVATE KEY-----\n${LONG}\n-----END ${'RSA '}PRIVATE KEY-----`, LONG],
  ['a private key inside JSON', `{"private_key":"-----BEGIN ${''}PRIVATE KEY-----\\n${LONG}\\n"}`, LONG],
  // By what stands in front of them.
  ['an AWS secret by its name', `aws_secret_access_key = ${MIX}/+abcdefg`, MIX],
  ['a bearer token', `Authorization: Bearer ${MIX}`, MIX],
  ['a bearer token alone', `sent Bearer ${HEX} to db.lan`, HEX],
  ['basic credentials', 'using Basic dXNlcjpodW50ZXIy', 'dXNlcjpodW50ZXIy'],
  ['a token scheme', `Token ${HEX40}`, HEX40],
  ['a token header', `X-Auth-Token: ${MIX}`, MIX],
  ['a key header in a list', `["x-api-key", "${MIX}"]`, MIX],
  ['a cookie', 'Set-Cookie: sid=s3ss10n; Path=/', 's3ss10n'],
  ['a session cookie', `PHPSESSID=${HEX}`, HEX],
  ['a key in prose', `Using API key: ${HEX}`, HEX],
  ['a key in prose without a colon', `using api key ${HEX} of jason`, HEX],
  ['an access token in prose', `access token is ${MIX}`, MIX],
  ['a password in prose', 'logging in with password hunter2secret as admin', 'hunter2secret'],
  ['a password told', 'the passwd is Tr0ub4dor&3.', 'Tr0ub4dor'],
  ['a quoted password', "wrong password 'swordfish' for admin", 'swordfish'],
  ['a password alone in a line', 'password: swordfish', 'swordfish'],
  ['a bare key', `key: ${MIX}`, MIX],
  ['a bare key assigned', `key=${MIX} port=1`, MIX],
  ['a key in JSON', `{"key": "${MIX}", "port": 1}`, MIX],
  ['a secret in YAML', 'client_secret: s3cr3t-value', 's3cr3t-value'],
  ['a secret in logfmt', 'level=info msg="login" password=hunter2 host=db.lan', 'hunter2'],
  ['a quoted secret in logfmt', 'level=info api_key="hunter 2 hunter" host=db.lan', 'hunter 2'],
  ['a secret in a struct of Go', '{Host:db.lan Password:hunter2 Port:5432}', 'hunter2'],
  ['a secret in a map of Go', 'map[host:db.lan password:hunter2 port:5432]', 'hunter2'],
  ['a secret in a dict of Python', "{'host': 'db.lan', 'password': 'hun\\'ter2'}", 'ter2'],
  ['a secret in a repr of Python', "Settings(host='db.lan', api_token='hunter2')", 'hunter2'],
  ['a secret in an object of Node', "{ host: 'db.lan', accessToken: 'hunter2' }", 'hunter2'],
  ['a secret in a dump of an environment', 'declare -x GITLAB_TOKEN="hunter2"', 'hunter2'],
  ['a secret in a list of an environment', '"Env":["TOKEN=hunter2","PATH=/bin"]', 'hunter2'],
  ['a secret in XML', '<password>hunter2</password>', 'hunter2'],
  ['a secret in a connection string', 'Server=db.lan;User Id=sa;Password=hunter2;Encrypt=true', 'hunter2'],
  ['a percent-encoded secret', 'body=user%3Dme%26password%3Dhunter2', 'hunter2'],
  ['a passphrase of several words', 'passphrase: correct horse battery staple', 'battery'],
  ['a secret in Chinese', '密碼：hunter2', 'hunter2'],
  ['a secret that begins with a sign and quotes', "SECRET_KEY==''|abcdefg", 'abcdefg'],
  ['a secret behind two signs', "password==''!abcdefg", 'abcdefg'],
  ['an option', 'mcp-nas --password swordfish --port 1', 'swordfish'],
  ['an option with an equals sign', 'mcp-nas --token=xyz --port 1', 'xyz'],
  ['a header option', `mcp-remote https://x.lan --header "Authorization:Bearer ${MIX}"`, MIX],
  ['a header option in an array', `["--header","X-Api-Key: ${MIX}"]`, MIX],
  ['the user option of curl', 'curl -u admin:hunter2 http://db.lan', 'hunter2'],
  ['the user option in an array', `['--user', 'admin:hunter2']`, 'hunter2'],
  // In addresses.
  ['a password in a URL', 'db postgres://admin:hunter2secret@db.lan/x', 'hunter2secret'],
  ['a password in any URL', 'mongodb+srv://me:hunter2@c0.mongodb.net/x', 'hunter2'],
  ['a password without a user', 'redis://:hunter2@cache.lan:6379/0', 'hunter2'],
  ['a password with odd characters', 'amqp://me:p/a#s?s@w:rd@mq.lan/x', 's?s@w'],
  ['a token as the user', `https://${MIX}@git.lan/x.git`, MIX],
  ['a password in a DSN of Go', 'root:hunt3r@tcp(db.lan:3306)/x', 'hunt3r'],
  ['a password in a DSN of Oracle', 'jdbc:oracle:thin:scott/tiger@//db.lan:1521/x', 'tiger'],
  ['an access token in a query', `GET /x?access_token=${MIX}&page=2`, MIX],
  ['a key in a query', 'GET /x?v=1&api_key=abc123&page=2', 'abc123'],
  ['a signature in a query', `https://x.blob.core.windows.net/a?sv=1&sig=${MIX}%3D`, MIX],
  ['an Amazon signature', `https://b.s3.amazonaws.com/x?X-Amz-Signature=${HEX}&X-Amz-Date=2026`, HEX],
  ['an authorization code', `GET /callback?code=${MIX}&state=1`, MIX],
  ['a token in a fragment', `http://localhost/#access_token=${MIX}`, MIX],
  ['a Slack webhook', made('https://hooks.slack', '.com/services/T0AAAAAAA/B0AAAAAAA/', MIX), MIX],
  ['a Discord webhook', made('https://discord', '.com/api/webhooks/123456789012345678/', LONG), LONG],
  ['a Teams webhook', made('https://x.webhook.office', `.com/webhookb2/${UUID}@${UUID}/IncomingWebhook/`, HEX), HEX],
  ['a Zapier webhook', made('https://hooks.zapier', '.com/hooks/catch/1234567/', 'b8ae1xz'), 'b8ae1xz'],
  ['an n8n webhook', `http://n8n.lan:5678/webhook/${UUID}`, UUID],
  ['a token in the path of Telegram', made('https://api.telegram', '.org/bot123456789:AA', MIX, 'z/getMe'), MIX],
];

const READABLE: readonly string[] = [
  "if (token==''||other) return",
  'version 1.2.3+0123456789abcdef0123456789abcdef01234567',
  'commit 0123456789abcdef0123456789abcdef01234567',
  'HEAD is now at 0123456 Fix the token refresh',
  `integrity: sha512-${LONG}==`,
  `"resolved": "https://registry.test/x/-/x-1.0.0.tgz", "integrity": "sha512-${LONG}=="`,
  `docker image nginx:1.25@sha256:${HEX}${HEX}`,
  `digest: sha256:${HEX}${HEX}`,
  `request id ${UUID}`,
  `session ${UUID} opened`,
  `{"id":"${UUID}","method":"tools/call"}`,
  'reading /home/user/.config/mcp/token.json',
  'token_file: /run/secrets/api_token',
  'private_key=/etc/ssl/private/server.pem',
  'loaded key from ~/.ssh/id_ed25519.pub',
  String.raw`C:\Users\jason\AppData\token.txt`,
  'connecting to db.lan',
  'db.lan:5432 - No route to host (EHOSTUNREACH) Nobody answered at that address.',
  'listening on http://127.0.0.1:28080/mcp',
  'listening on [::1]:28080',
  'postgres://db.lan:5432/x is ready',
  'http://registry.test:4873/@scope/package?page=2',
  'https://cdn.test/npm/@scope/package@1.2.3/index.js',
  'git clone ssh://git@github.com/owner/name.git',
  'git@github.com:owner/name.git',
  'mail to jason@example.com, or mailto:jason@example.com',
  'npm:react@18.2.0 resolved',
  '2026-11-28T10:00:00.123Z server started',
  'at 10:00:01 the token expired',
  'token expired',
  'Token expired',
  'token: expired',
  'invalid token',
  'Invalid token: signature verification failed',
  'Bearer token is missing',
  'WWW-Authenticate: Bearer realm="mcp", error="invalid_token"',
  'basic authentication failed for user admin',
  'Authorization header missing',
  'Authorization: required',
  'password is required',
  'password required',
  'password: must be at least 8 characters',
  'password authentication failed for user "postgres"',
  'the password is case-sensitive',
  'wrong password for admin',
  'API_KEY is not set',
  'Error: API_KEY is not set',
  'authentication key: not found',
  'api key not found',
  'missing api key',
  'secret not found',
  'secrets: 3',
  'Tokens: 1234',
  'tokens used: 1234 of 4096',
  'max_tokens=4096',
  '"max_tokens": 4096, "temperature": 0.7',
  'total_tokens=12 prompt_tokens=5 completion_tokens=7',
  'token count: 512',
  'tokenizer=gpt2',
  'token_type: bearer',
  'token_endpoint=https://auth.lan/token',
  'auth_method=oauth',
  'primary_key: id',
  'sort_key=name',
  'partition key: customer_42',
  'cache key: user-42',
  'keyboard: us',
  'key: value',
  'monkey: banana',
  "KeyError: 'temperature'",
  'public key: ssh-ed25519',
  'press any key to continue',
  'API_KEY=<your key>',
  `token=\${TOKEN}`,
  'password=********',
  'secret: null',
  'use_token=true',
  'passed: 12, failed: 0',
  'pass=12 fail=0',
  'bypass: true',
  'author: Jason',
  'authority: db.lan:443',
  'session_count=3',
  'cookies: 2',
  'TokenExpiredError: jwt expired',
  "SyntaxError: Unexpected token 'export'",
  'SyntaxError: Unexpected token < in JSON at position 0',
  'at Object.<anonymous> (/app/dist/index.js:1:23456)',
  'at e.getToken (index.min.js:2:34567)',
  'var t=e.token,n=e.key;return t.a(n)',
  'GET /status?code=404&page=2 HTTP/1.1',
  'GET /search?q=password+reset&page=2',
  'error code=ENOENT errno=-2',
  'exit code: 1',
  'password_policy: strong',
  'node v24.21.0 on linux-x64',
  'pip install scikit-learn==1.5.0 sk-learn-contrib-extras',
  'docker run --user 1000:1000 image',
  'POST http://n8n.lan:5678/webhook/orders 200',
  'warning: npm_config_registry and hf_hub_download_enabled are set',
  'class AuthenticationTokenFactoryBean1 loaded',
  '192.168.1.20:8123 - refused',
  '請輸入密碼：',
];

describe('A text with a secret in it', () => {
  it.each(SECRETS)('loses %s', (_name, text, secret) => {
    const clean = redactor.whole(text);
    expect(clean).not.toContain(secret);
    expect(clean).toContain(REDACTED);
    expect(redactor.whole(clean)).toBe(clean);
  });

  it('keeps what stands around the secret, so that the line still says what happened', () => {
    expect(redactor.whole('db postgres://admin:hunter2secret@db.lan/x')).toBe(`db postgres://${REDACTED}@db.lan/x`);
    expect(redactor.whole('{"host":"db.lan","password":"hunter2","port":1}')).toBe(
      `{"host":"db.lan","password":"${REDACTED}","port":1}`,
    );
    expect(redactor.whole('level=info password=hunter2 host=db.lan')).toBe(
      `level=info password=${REDACTED} host=db.lan`,
    );
    expect(redactor.whole('GET /x?access_token=abc123def&page=2')).toBe(`GET /x?access_token=${REDACTED}&page=2`);
  });
});

describe('A text without a secret', () => {
  it.each(READABLE)('stays as it is: %s', (text) => {
    expect(redactor.whole(text)).toBe(text);
  });
});

describe('A hostile line of a megabyte', () => {
  const units = [...SECRETS.map(([, text]) => text), ...READABLE];
  it('takes no longer than its length allows, whatever it repeats', () => {
    for (const unit of units) {
      const before = process.cpuUsage().user;
      const clean = redactor.text(unit.repeat(Math.ceil(1_000_000 / unit.length)));
      expect(clean.length).toBeLessThan(MESSAGE_LIMIT + 40);
      // A second for 32 KB is many times what it takes: a pattern that goes back and forth needs minutes.
      expect([unit, process.cpuUsage().user - before < 1_500_000]).toEqual([unit, true]);
    }
  }, 120_000);
});

/**
 * Shapes that issuers give their secrets, from their own documentation. Each begins with letters of its own, behind something
 * that is no letter or digit; every repetition is bounded, so that a line takes time in proportion to its length.
 */
const ISSUED: readonly string[] = [
  // GitHub, GitLab, Atlassian, Bitbucket
  String.raw`gh[pousr]_[A-Za-z0-9_]{20,255}|github_pat_\w{20,255}|gl(?:pat|ptt|dt|rtr?|soat|cbt|ft|imt|agent|oas|ffct)-[\w.-]{16,300}`,
  String.raw`(?:ATATT3|ATCTT3|ATBB)[\w=-]{20,400}`,
  // Slack, Discord, Telegram, Twilio SendGrid, Mailgun, Mailchimp, Brevo, Resend
  String.raw`xox[a-z](?:\.xox[a-z])?-[\w-]{10,400}|xapp-\d-[\w-]{10,300}|[MNO][A-Za-z\d_-]{23,28}\.[\w-]{6,7}\.[\w-]{27,45}|mfa\.[\w-]{80,100}`,
  String.raw`(?:bot)?\d{8,10}:[A-Za-z0-9_-]{35}\b|SG\.[\w-]{16,64}\.[\w-]{16,64}|key-[0-9a-f]{32}\b|[0-9a-f]{32}-us\d{1,2}\b|xkeysib-[\w-]{32,100}|re_[A-Za-z0-9]{6,12}_[A-Za-z0-9]{16,64}`,
  // Amazon, Google, Azure, DigitalOcean, Cloudflare, Fly, Databricks, HashiCorp, Pulumi, Tailscale, Docker
  String.raw`(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b|AIza[\w-]{30,60}|ya29\.[\w-]{16,2000}|1\/\/0[\w-]{20,300}|GOCSPX-[\w-]{20,60}`,
  String.raw`[\w~.-]{3}\dQ~[\w~.-]{31,34}|do[opr]_v1_[0-9a-f]{40,80}|v1\.0-[0-9a-f]{24}-[0-9a-f]{100,200}|FlyV1 [\w+/=,-]{20,4000}|f[mo]\d[ar]?_[\w+/=,-]{30,4000}|dapi[0-9a-f]{32}(?:-\d)?\b`,
  String.raw`hv[sbr]\.[\w-]{20,300}|[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,100}|pul-[0-9a-f]{40}\b|tskey-[a-z]+-[\w-]{16,100}|dckr_[po]at_[\w-]{20,100}|dt0c\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{40,80}`,
  // Models and their tools
  String.raw`hf_[A-Za-z0-9]{16,100}|api_org_[A-Za-z0-9]{30,60}|gsk_[A-Za-z0-9]{30,80}|xai-[A-Za-z0-9]{40,120}|r8_[A-Za-z0-9]{30,60}|pplx-[A-Za-z0-9]{30,80}|tvly-[\w-]{16,80}|nvapi-[\w-]{40,100}|fc-[0-9a-f]{32}\b|jina_[A-Za-z0-9]{30,80}|lsv2_[a-z]{2}_[\w]{30,80}|apify_api_[A-Za-z0-9]{20,60}|BSA[A-Za-z0-9_-]{24,40}\b|e2b_[0-9a-f]{40}\b|ctx7sk-[\w-]{16,60}`,
  // Package registries
  String.raw`npm_[A-Za-z0-9]{30,60}|pypi-[A-Za-z0-9_-]{24,400}|rubygems_[0-9a-f]{48}|oy2[a-z0-9]{43}\b|cio[A-Za-z0-9]{32}\b`,
  // Payment and shops
  String.raw`(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,250}|whsec_[\w+/=-]{16,100}|shp(?:at|ca|pa|ss|ua)_[0-9a-fA-F]{32}|sq0[a-z]{3}-[\w-]{20,60}|access-(?:sandbox|production|development)-[0-9a-f-]{36}`,
  // Notion, Linear, Figma, Airtable, PostHog, Supabase, PlanetScale, Grafana, Sentry, New Relic, Postman, Netlify, Vercel …
  String.raw`secret_[A-Za-z0-9]{40,60}|ntn_[A-Za-z0-9]{30,60}|lin_(?:api|oauth)_[A-Za-z0-9]{30,80}|fig[dou][hr]?_[\w-]{30,80}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}|ph[cx]_[A-Za-z0-9]{30,60}|sb[ps]_[0-9a-f]{40}\b|sb_secret_[\w-]{20,60}|pscale_(?:tkn|pw|oauth)_[\w.-]{30,80}`,
  String.raw`gl(?:sa|c)_[\w+/=]{30,200}|sntry[su]_[\w+/=-]{30,300}|NRAK-[A-Z0-9]{27}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|nfp_[A-Za-z0-9]{30,60}|vc[pkiar]_[A-Za-z0-9]{24,80}|CCIPAT_[\w]{20,80}|dp\.[a-z]{2,5}\.[A-Za-z0-9]{40,50}|CFPAT-[\w-]{40,60}|HRKU-[\w-]{36,80}|AGE-SECRET-KEY-1[0-9A-Z]{20,80}|ops_eyJ[\w-]{40,2000}`,
  // JSON Web Tokens, signed or encrypted (RFC 7519): Home Assistant's long-lived ones are such.
  String.raw`eyJ[\w-]{8,4000}\.[\w-]{8,8000}(?:\.[\w-]{0,4000}){0,3}`,
  // PEM in base64, as kubeconfigs have it; certificates and public keys are none.
  String.raw`LS0tLS1CRUdJTi(?!BDRVJUSUZJ|BQVUJMSUM)[\w+/=]{20,8000}`,
  // Unregistered formats of the same look: a prefix, then a long mix of digits and both cases.
  String.raw`[a-z][a-z0-9]{1,9}_(?:[a-z]{2,8}_)?(?=[A-Za-z0-9]{0,40}[A-Z])(?=[A-Za-z0-9]{0,40}[a-z])(?=(?:[A-Za-z]{0,40}\d){3})[A-Za-z0-9]{28,200}`,
];

const SHAPES = new RegExp(`(?<![A-Za-z0-9])(?:${ISSUED.join('|')})`, 'g');

/** No shape is shorter: most lines need no closer look. */
const LONG_RUN = /[\w.~:-]{16}/;

/** `sk-…` of OpenAI, Anthropic, OpenRouter and others; `sk-learn-…` is a word. */
const DASHED_KEY = /(?<![A-Za-z0-9])(?:sk|pk|rk)[-_][\w-]{16,250}/g;

/** A private key in PEM (RFC 7468), its line breaks as such or spelled `\n`; to the end where its own end is missing. */
const PEM =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g;

/** Addresses that are a permission by themselves: the segments behind the name of the hook. */
const WEBHOOKS =
  /(https?:\/\/(?:hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)|(?:[a-z]{1,10}\.)?discord(?:app)?\.com\/api(?:\/v\d{1,2})?\/webhooks|[\w.-]{1,80}\.webhook\.office\.com\/webhookb2|hooks\.zapier\.com\/hooks\/catch|hook(?:\.[\w-]{1,10})?\.(?:make|integromat)\.com|maker\.ifttt\.com\/(?:trigger|use)|open\.(?:feishu\.cn|larksuite\.com)\/open-apis\/bot\/v2\/hook|hc-ping\.com|api\.telegram\.org\/(?:file\/)?bot|outlook\.office(?:365)?\.com\/webhook)\/?)[^\s"'<>\\)]+/gi;

/** The same by the name of the path alone, if what follows is long and no word: n8n, Home Assistant, Mattermost, Rocket.Chat. */
const HOOK_PATHS = /(\/(?:webhooks?(?:-test|-waiting)?|hooks?)\/)([^\s"'<>\\)?#]{8,400})/gi;

/** What `text` would be without anything that has the shape of a secret; `replaced` stands where one stood. */
export function withoutShapes(text: string, replaced: string): string {
  let clean = text.includes('-----BEGIN') ? text.replace(PEM, replaced) : text;
  if (clean.includes('://')) clean = clean.replace(WEBHOOKS, `$1${replaced}`).replace(HOOK_PATHS, hookPath);
  if (!LONG_RUN.test(clean)) return clean;
  return clean
    .replace(SHAPES, (found) => (/^pypi-/.test(found) && !/[A-Z]/.test(found) ? found : replaced))
    .replace(DASHED_KEY, (found) => (/\d|[A-Z]/.test(found) ? replaced : found));

  function hookPath(whole: string, path: string, rest: string): string {
    const isOpaque = rest !== replaced && /\d/.test(rest) && /[a-z-]/i.test(rest) && /[\w-]{16}/.test(rest);
    return isOpaque ? path + replaced : whole;
  }
}

/** Whether the whole of a value is a secret by its shape. */
export function hasSecretShape(value: string): boolean {
  return withoutShapes(value, '\0').includes('\0');
}

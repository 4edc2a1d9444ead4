import type { PlanEnvironment } from '../../app/clients/index.ts';

/** Gangway as the patches of a test are to find it. */
export const ENVIRONMENT: PlanEnvironment = {
  gateway: { port: 28080, token: 'Tok-en_1' },
  shim: { command: '/Applications/MCP Gangway.app/Contents/Resources/bin/mcp-gangway', args: ['connect'] },
  servers: [],
  defaultServer: null,
  env: { NAS_KEY: 'k-1' },
};

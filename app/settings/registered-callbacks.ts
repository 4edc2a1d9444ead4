import { isRemote, type ServerSetting } from './settings.ts';

/**
 * Names of the servers whose authorization servers have been told by hand which address a browser comes back to, with our port in it: as
 * that of a registered client, or in a metadata document of its owner. Any other sign-in is registered anew on another port.
 */
export function boundToPort(servers: readonly ServerSetting[]): readonly string[] {
  return servers.flatMap((server) => {
    if (!isRemote(server) || server.oauth === undefined || server.oauth === false) return [];
    const { clientId, clientMetadataUrl, grantType = 'authorization_code' } = server.oauth;
    const isTold = clientId !== undefined || clientMetadataUrl !== undefined;
    return isTold && grantType === 'authorization_code' ? [server.name] : [];
  });
}

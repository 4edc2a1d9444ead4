import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ownMetadataUrl } from '../../../app/servers/remote/sign-in/client.ts';

const root = new URL('../../../', import.meta.url);
const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(new URL(file, root), 'utf8'));
const PUBLISHED = 'https://gangway.example/client.json';

describe('The client id metadata document of our own', () => {
  test('lists the callbacks at both names of this machine on the usual port, for a public client', () => {
    expect(read('docs/client.json')).toMatchObject({
      redirect_uris: ['http://127.0.0.1:28080/oauth/callback', 'http://localhost:28080/oauth/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    });
  });

  test('is used for a sign-in that comes back to one of them, and for none on another port', () => {
    for (const uri of Object(read('docs/client.json'))['redirect_uris'])
      expect(ownMetadataUrl(uri, PUBLISHED)).toBe(PUBLISHED);
    expect(ownMetadataUrl('http://127.0.0.1:28081/oauth/callback', PUBLISHED)).toBeNull();
  });

  test('names the address it is published at as the client, and is not used before it is published', () => {
    const published = read('package.json')['clientMetadataUrl'];
    expect(ownMetadataUrl('http://127.0.0.1:28080/oauth/callback', '')).toBeNull();
    const { hostname } = new URL(String(read('docs/client.json')['client_id']));
    // Set both, or neither: an authorization server refuses a document that is found elsewhere than it says.
    expect(published === '' ? hostname : read('docs/client.json')['client_id']).toBe(
      published === '' ? 'example.invalid' : published,
    );
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { listening } from './listening.ts';

/** What latest-mac.yml says, as electron-builder writes it. */
export interface Offer {
  readonly version: string;
  readonly file: string;
  readonly sha512: string;
  readonly size: number;
  readonly releaseNotes: string;
}

export type FeedAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** A folder of releases on loopback: `latest-mac.yml` and one archive. A test may answer in its place. */
export class UpdateFeed {
  readonly archive = randomBytes(300_000);
  /** The paths that were asked for, in their order. */
  readonly asked: string[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  offer: Offer = {
    version: '99.0.0',
    file: 'mcp-gangway-99.0.0-universal.zip',
    sha512: createHash('sha512').update(this.archive).digest('base64'),
    size: this.archive.length,
    releaseNotes: '### Added\n\n- **A new thing** that helps.\n\n### Fixed\n\n- An old thing.\n',
  };
  answer: FeedAnswer;
  readonly #server: Server;
  url = '';

  constructor() {
    this.answer = this.serve;
    this.#server = createServer((request, response) => {
      this.asked.push(new URL(request.url ?? '', 'http://feed').pathname);
      this.headers.push(request.headers);
      this.answer(request, response);
    });
  }

  async open(): Promise<void> {
    this.url = `http://127.0.0.1:${await listening(this.#server)}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** As it should be. */
  readonly serve: FeedAnswer = ({ url = '' }, response) => {
    if (url.startsWith('/latest-mac.yml')) response.end(latest(this.offer));
    else if (url.startsWith(`/${this.offer.file}`)) response.end(this.archive);
    else response.writeHead(404).end();
  };

  /** Puts into a folder what the build puts beside the app. */
  writeConfig(resources: string): void {
    mkdirSync(resources, { recursive: true });
    const lines = ['provider: generic', `url: ${this.url}`, 'updaterCacheDirName: mcp-gangway-updater', ''];
    writeFileSync(path.join(resources, 'app-update.yml'), lines.join('\n'));
  }
}

/** JSON is YAML (YAML 1.2, section 1.3). */
function latest({ version, file, sha512, size, releaseNotes }: Offer): string {
  const files = [{ url: file, sha512, size }];
  return JSON.stringify({
    version,
    files,
    path: file,
    sha512,
    releaseNotes,
    releaseDate: '2026-11-28T00:00:00.000Z',
  });
}

import fs from 'node:fs';
import path from 'node:path';

/** Where the clients keep their servers on a Mac, below the home folder. */
export const CLIENT_FILES = {
  claude: 'Library/Application Support/Claude/claude_desktop_config.json',
  cursor: '.cursor/mcp.json',
  vscode: 'Library/Application Support/Code/User/mcp.json',
  continue: '.continue/config.yaml',
  kilo: '.config/kilo/kilo.jsonc',
  kiloPlain: '.config/kilo/kilo.json',
} as const;

/** Writes a client's file into a home folder and returns its path. */
export function writeClientFile(home: string, client: keyof typeof CLIENT_FILES, content: string): string {
  const file = path.join(home, CLIENT_FILES[client]);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

/** As people write it over the years. */
export const CLAUDE_FILE = `{
  "mcpServers": {
    "home-assistant": {
      "command": "uvx",
      "args": ["ha-mcp@latest"],
      "env": {
        "HOMEASSISTANT_URL": "http://nas.lan:8123",
        "HOMEASSISTANT_TOKEN": "eyJhbGciOi"
      }
    },
    "portainer": { "command": "docker", "args": ["run", "-i", "--rm", "portainer/portainer-mcp"] },
    "notes":   {
      "command": "npx",
      "args": ["-y", "mcp-remote", "http://192.168.1.20:8080/mcp", "--allow-http"]
    }
  },
  "globalShortcut": "Alt+Space"
}
`;

export const CURSOR_FILE = `{
  "mcpServers": {
    "proxmox": { "command": "python3", "args": ["-m", "proxmox_mcp"], "env": { "HTTPS_PROXY": "http://proxy.corp:3128", "NO_PROXY": "localhost,.corp" } },
    "docs": { "url": "http://192.168.1.20:9000/mcp" }
  }
}
`;

export const BROKEN_FILE = `{
  "servers": {
    "printer": { "type": "stdio" "command": "printer-mcp" }
  }
}
`;

/** What quits and opens apps on a Mac, writing down what it was asked for. */
export function restartable(folder: string, notes: string): void {
  const script = (name: string, body: string): void =>
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  // With five arguments it is asked when the app was started, else to quit it: see app/desktop/clients-window/client-apps.ts.
  script('osascript', `[ $# -eq 5 ] && echo 0 && exit; echo "quit $5" >> '${notes}'; echo gone`);
  script('open', `echo "open $2" >> '${notes}'`);
}

/** Unpacks an extension into the folder where Claude Desktop has those that a person has installed. */
export function writeExtension(home: string, title: string): void {
  const folder = path.join(home, 'Library/Application Support/Claude/Claude Extensions', title.toLowerCase());
  const manifest = {
    manifest_version: '0.3',
    name: title.toLowerCase(),
    display_name: title,
    server: { type: 'node', mcp_config: { command: 'node', args: ['${__dirname}/server/index.js', '/Users/anna'] } },
  };
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
}

/** A project that several clients have servers in. */
export function writeProject(folder: string): void {
  const files = {
    '.mcp.json': '{\n  "mcpServers": { "home": { "command": "uvx", "args": ["ha-mcp"] } }\n}\n',
    '.cursor/mcp.json': '{\n  "mcpServers": { "nas": { "command": "uvx", "args": ["nas-mcp"] } }\n}\n',
    '.continue/mcpServers/notes.yaml':
      'name: notes\nmcpServers:\n  - name: notes\n    command: npx\n    args: [-y, notes-mcp]\n',
  };
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
}

export const NOT_A_CLIENTS_FILE = '{ "name": "house", "version": "1.0.0" }\n';

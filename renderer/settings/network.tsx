import type { Settings } from '../../app/settings/settings.ts';
import { LocalNetwork } from '../shared/local-network.tsx';
import { text } from '../shared/store.ts';
import { type Parsed, parsePort, TextField } from './field.tsx';
import { change } from './store.ts';

export function Network({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.network;
  return (
    <div class="form">
      <div class="field">
        <span>{text.value.permission.title}</span>
        <div class="field-body">
          <LocalNetwork />
        </div>
      </div>
      <TextField
        label={words.upstream.label}
        hint={words.upstream.hint}
        value={settings.upstream}
        show={(upstream) => upstream ?? ''}
        parse={(draft) => ({ ok: true, value: draft.trim() === '' ? null : draft.trim() })}
        save={(upstream) => change({ upstream }, text.value)}
      />
      <TextField
        label={words.noProxy.label}
        hint={words.noProxy.hint}
        value={settings.noProxy}
        show={String}
        parse={(draft) => ({ ok: true, value: draft.trim() })}
        save={(noProxy) => change({ noProxy }, text.value)}
      />
      <TextField
        label={words.deniedPorts.label}
        hint={words.deniedPorts.hint}
        value={settings.deniedPorts}
        show={(ports) => ports.join(', ')}
        parse={parsePorts}
        save={(deniedPorts) => change({ deniedPorts }, text.value)}
      />
    </div>
  );
}

function parsePorts(draft: string): Parsed<readonly number[]> {
  const ports: number[] = [];
  for (const part of draft.split(/[\s,，、]+/)) {
    if (part === '') continue;
    const parsed = parsePort(part);
    if (!parsed.ok) return parsed;
    ports.push(parsed.value);
  }
  return { ok: true, value: [...new Set(ports)] };
}

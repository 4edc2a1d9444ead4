import { computed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Settings } from '../../app/settings/settings.ts';
import { Frame } from '../shared/controls.tsx';
import { Icon, type IconName } from '../shared/icon.tsx';
import { attempt, state, text, useDestination } from '../shared/store.ts';
import { Access } from './access.tsx';
import { AdditionSheets, showAddition } from './addition-sheet.tsx';
import { General } from './general.tsx';
import { Forwards, Network } from './network.tsx';
import { editNamed, editNew, Servers } from './servers.tsx';
import { isPart, loadAfterOthers, PARTS, type Part, part, settings } from './store.ts';

const ICONS: Readonly<Record<Part, IconName>> = {
  general: 'gear',
  servers: 'server',
  forwards: 'forward',
  network: 'globe',
  access: 'key',
};

/** The menu, the other windows and the command line change settings too. */
const revision = computed(() => state.value.settingsRevision);

export function SettingsWindow() {
  const words = text.value.settingsWindow;
  const seen = revision.value;
  useEffect(() => {
    void seen;
    attempt(loadAfterOthers);
  }, [seen]);
  useDestination((wanted) => {
    if (isPart(wanted)) part.value = wanted;
    const [, server] = /^server:(.+)$/s.exec(wanted) ?? [];
    if (wanted === 'new-server' || wanted === 'adding' || server !== undefined) part.value = 'servers';
    if (server !== undefined) editNamed(server);
    if (wanted === 'new-server') editNew(settings.value);
    if (wanted === 'adding') attempt(showAddition);
  });
  const current = settings.value;
  return (
    <Frame title={words.title}>
      <div class="settings">
        <nav class="settings-parts" aria-label={words.title}>
          {PARTS.map((name) => (
            <button
              type="button"
              key={name}
              aria-current={part.value === name ? 'page' : undefined}
              onClick={() => {
                part.value = name;
              }}
            >
              <Icon name={ICONS[name]} />
              {words.parts[name]}
            </button>
          ))}
        </nav>
        <main class="settings-page" key={part.value}>
          <h1>{words.parts[part.value]}</h1>
          {current !== null && <PartPage part={part.value} settings={current} />}
        </main>
      </div>
      <AdditionSheets />
    </Frame>
  );
}

function PartPage({ part: name, settings: current }: { readonly part: Part; readonly settings: Settings }) {
  switch (name) {
    case 'general':
      return <General settings={current} />;
    case 'servers':
      return <Servers settings={current} />;
    case 'forwards':
      return <Forwards settings={current} />;
    case 'network':
      return <Network settings={current} />;
    case 'access':
      return <Access settings={current} />;
    default:
      return name satisfies never;
  }
}

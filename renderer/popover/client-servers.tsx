import { IconButton, Middle, Some } from '../shared/controls.tsx';
import { Filtered } from '../shared/filtered.tsx';
import { type FoundServer, found, foundServers, fullName } from '../shared/found-clients.ts';
import type { Badge } from '../shared/server-badge.ts';
import { ask, attempt, now, state, text } from '../shared/store.ts';
import { type Remedy, type ShownServer, shownServers } from './client-rows.ts';

/** The servers that clients start or connect to, how they reach the network, and whether that works. */
export function ClientServers() {
  const words = text.value.popover;
  const shown = shownServers(foundServers(), state.value, now.value, text.value);
  const open = () => attempt(() => ask('openWindow', { window: 'clients', part: null }));
  return (
    <section>
      <div class="section-head">
        <h2>{words.clientServers}</h2>
        <IconButton icon="edit" label={words.allClientServers} onClick={open} />
      </div>
      {shown.length === 0 ? (
        found.value !== null && <p class="hint">{words.noClientServers}</p>
      ) : (
        <Filtered label={words.clientServers} items={shown} wordsOf={fullName}>
          {(fitting) => (
            <Some label={words.clientServers} items={fitting} most={5}>
              {(one) => <Row key={one.server.id} shown={one} />}
            </Some>
          )}
        </Filtered>
      )}
    </section>
  );
}

function Row({ shown: { file, server, badge, remedy } }: { readonly shown: ShownServer }) {
  const { popover, clientsWindow } = text.value;
  const isFailing = server.stale !== null || badge?.light === 'failing';
  const last = badge?.last ?? null;
  return (
    <li class={isFailing ? 'row failing' : 'row'}>
      <div class="row-words">
        <p class="row-title">
          <span class={`light ${isFailing ? 'failing' : (badge?.light ?? 'stopped')}`} aria-hidden="true" />
          <Middle words={server.name} />
          <span class="badge">{file.title}</span>
        </p>
        <p class="row-detail parts">
          <span>{clientsWindow.modes[server.mode]}</span>
          {!isFailing && server.proposal !== null && (
            <span>
              <span class="segment-mark" aria-hidden="true" />
              {popover.suggested(clientsWindow.modes[server.proposal.mode])}
            </span>
          )}
          {!server.enabled && <span>{clientsWindow.offInClient(file.title)}</span>}
          {last !== null && last.target !== '' && <Middle words={last.target} />}
          {last !== null && <span>{last.when}</span>}
          {last === null && server.mode !== 'off' && server.mode !== 'run' && <span>{popover.notSeen}</span>}
        </p>
        {isFailing && <p class="row-detail row-state">{stateWords(server, badge)}</p>}
      </div>
      <RemedyButton id={server.id} name={server.name} remedy={remedy} isUrgent={isFailing} />
    </li>
  );
}

/** What is wrong, in a few words; the window for the servers says the rest. */
function stateWords({ stale }: FoundServer['server'], badge: Badge | null): string {
  if (stale !== null) return text.value.clientsWindow.stale[stale];
  return badge?.last?.outcome ?? badge?.words ?? '';
}

interface RemedyButtonProps {
  readonly id: string;
  readonly name: string;
  readonly remedy: Remedy;
  readonly isUrgent: boolean;
}

function RemedyButton({ id, name, remedy, isUrgent }: RemedyButtonProps) {
  const words = text.value.popover;
  const label = words.fix[remedy.kind];
  if (!isUrgent) {
    const voice = remedy.kind === 'show' ? words.showServer(name) : words.fixOf(label, name);
    return <IconButton icon="chevron" label={voice} onClick={() => attempt(() => apply(id, remedy))} />;
  }
  return (
    <button
      type="button"
      class="button"
      aria-label={words.fixOf(label, name)}
      onClick={() => attempt(() => apply(id, remedy))}
    >
      {label}
    </button>
  );
}

function apply(server: string, remedy: Remedy): Promise<void> {
  switch (remedy.kind) {
    case 'fix':
    case 'suggestion':
      return ask('openWindow', { window: 'clients', part: `fix:${server}` });
    case 'show':
      return ask('openWindow', { window: 'clients', part: `show:${server}` });
    case 'doctor':
      return ask('askDoctor', { server, target: remedy.target });
    case 'restart':
      return ask('restartServer', remedy.server);
    default:
      return remedy satisfies never;
  }
}

import { text } from '../shared/store.ts';

/** Widths of the bars, in per cent: of a client and its count; of a server, its command and what fits it. */
const CLIENTS = [
  [62, 38],
  [44, 38],
  [52, 38],
] as const;
const SERVERS = [
  [18, 34, 58],
  [14, 42, 50],
  [22, 30, 62],
] as const;

/** The window in outline while the files are read. */
export function Looking() {
  const words = text.value.clientsWindow;
  return (
    <div class="settings clients looking">
      <div class="settings-parts" aria-hidden="true">
        {CLIENTS.map((widths) => (
          <Bars key={widths.join()} widths={widths} />
        ))}
      </div>
      <main class="settings-page client-page" aria-busy="true">
        <h1>{words.title}</h1>
        <p class="hint" role="status">
          {words.loading}
        </p>
        <div class="client-servers" aria-hidden="true">
          {SERVERS.map((widths) => (
            <div class="client-server" key={widths.join()}>
              <Bars widths={widths} />
            </div>
          ))}
        </div>
      </main>
    </div>
  );
}

function Bars({ widths }: { readonly widths: readonly number[] }) {
  return (
    <div>
      {widths.map((width, at) => (
        <span class="bar" key={`${at} ${width}`} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

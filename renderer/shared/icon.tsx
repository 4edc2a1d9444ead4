/** Line drawings on a 16-unit square, in the colour of the text around them. */
const PATHS = {
  close: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  restart: 'M12.8 6.2A5 5 0 1 0 13 9M13 3.2v3.2H9.8',
  // Its strokes fill it: an empty square looks like a box to tick.
  stop: 'M5.2 5.2h5.6v5.6H5.2zM6 6.6h4M6 8h4M6 9.4h4',
  log: 'M3.5 4.5h9M3.5 8h9M3.5 11.5h5.5',
  gear: 'M2.5 4.5h5M11.5 4.5h2M2.5 11.5h2M8.5 11.5h5M9.5 2.8v3.4M6.5 9.8v3.4',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  check: 'M3.5 8.5l3 3 6-7',
  warning: 'M8 2.4 14.4 13.4H1.6zM8 6.4v3.2M8 11.5v.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4v3.6M8 5.1v.01',
  power: 'M8 2.5v5M4.8 4.6a4.8 4.8 0 1 0 6.4 0',
  plus: 'M8 3.5v9M3.5 8h9',
  up: 'M8 13V3.5M4.5 7 8 3.5 11.5 7',
  down: 'M8 3v9.5M4.5 9 8 12.5 11.5 9',
  chevron: 'M6 4l4 4-4 4',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5',
  pause: 'M5.5 4v8M10.5 4v8',
  play: 'M5 3.5 12 8l-7 4.5z',
  folder: 'M2.5 4.5h4l1.5 1.5h5.5v6.5h-11z',
  export: 'M8 10V2.5M5 5.2 8 2.3l3 2.9M3 9.5v4h10v-4',
  trash: 'M3.5 4.5h9M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
  edit: 'M3 13l.7-3L11 2.7l2.3 2.3L6 12.3z',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3.8 3.8l2.4 2.4M9.8 9.8l2.4 2.4M12.2 3.8 9.8 6.2M6.2 9.8l-2.4 2.4',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  server: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  forward: 'M2.5 8h10M9 4.5 12.5 8 9 11.5',
  globe:
    'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c2.2 1.8 2.8 3.8 2.8 6S10.2 12.2 8 14C5.8 12.2 5.2 10.2 5.2 8S5.8 3.8 8 2z',
  link: 'M6.6 9.4a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.4 6.6a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.9-.9',
  pin: 'M6 2.5h4M6.8 2.5v4L4.5 9h7L9.2 6.5v-4M8 9v4.5',
  record: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  key: 'M6.2 9.8a3 3 0 1 1 0-.01zM6 10l7-7M10.5 5.5l2 2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

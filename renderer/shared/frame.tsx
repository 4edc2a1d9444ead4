import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { IconButton } from './controls.tsx';
import { language, text } from './store.ts';
import { announcement, mishap } from './tell.ts';

/** What every window has: its language, a voice, and a place for what went wrong. */
export function Frame({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const tag = language.value;
  useEffect(() => {
    document.documentElement.lang = tag;
    document.title = title;
  }, [tag, title]);
  return (
    <>
      {children}
      {mishap.value !== null && (
        <div class="mishap" role="alert">
          <span>{mishap.value}</span>
          <IconButton
            icon="close"
            label={text.value.windows.dismiss}
            onClick={() => {
              mishap.value = null;
            }}
          />
        </div>
      )}
      <div class="voice" role="status">
        {announcement.value}
      </div>
    </>
  );
}

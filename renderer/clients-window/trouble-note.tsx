import type { Trouble } from '../../app/ipc/index.ts';
import { Icon } from '../shared/icon.tsx';

/** Why something was not done. */
export function TroubleNote({ trouble: { code, sentence } }: { readonly trouble: Trouble }) {
  return (
    <div class="warning trouble" role="alert">
      <Icon name="warning" />
      <p class="trouble-words">
        {sentence} <code class="trouble-code">{code}</code>
      </p>
    </div>
  );
}

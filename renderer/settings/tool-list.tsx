import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import type { ToolView } from '../../app/ipc/index.ts';
import type { ToolChange } from '../../app/servers/index.ts';
import { changedRules, hidingRules, letsName, TOOL_LIMITS, tokensOf } from '../../app/settings/patterns.ts';
import type { NameRules } from '../../app/settings/settings.ts';
import { Switch } from '../shared/controls.tsx';
import { ask, attempt, text } from '../shared/store.ts';
import { changeCount, ToolChanges } from './tool-changes.tsx';

/** Tools from which on a box to filter them by is of use. */
const MANY = 8;

export interface ToolListProps {
  /** In the settings. */
  readonly server: string;
  readonly rules: NameRules;
  readonly change: (rules: NameRules) => void;
}

/** The tools that a server last listed, each with its size and use and a switch: what clients get of it. */
export function ToolList({ server, rules, change }: ToolListProps) {
  const words = text.value.settingsWindow.servers.toolList;
  const tools = useSignal<readonly ToolView[] | null>(null);
  const changes = useSignal<readonly ToolChange[]>([]);
  const filter = useSignal('');
  const title = useId();
  const load = async (): Promise<void> => {
    tools.value = await ask('serverTools', server);
    changes.value = await ask('toolChanges', server);
  };
  const counted = JSON.stringify(changeCount(server));
  useEffect(() => {
    attempt(load);
  }, [server, counted]);
  const changed = new Map(changes.value.map((change) => [change.name, change]));
  const all = tools.value ?? [];
  const wanted = filter.value.trim().toLowerCase();
  const shown = all.filter(({ name, title: called, description }) =>
    [name, called, description].some((one) => one.toLowerCase().includes(wanted)),
  );
  const on = all.filter(({ name }) => letsName(rules, name) && changed.get(name)?.isHeld !== true);
  const tokens = on.reduce((sum, { bytes }) => sum + tokensOf(bytes), 0);
  const exceeded = TOOL_LIMITS.filter((limit) => on.length > limit.tools);
  const switchAll = (isOn: boolean): void =>
    change(
      changedRules(
        rules,
        isOn ? 'allow' : 'deny',
        shown.map(({ name }) => name),
      ),
    );
  return (
    <div class="field">
      <span id={title}>{words.label}</span>
      <div class="field-body">
        {changes.value.length > 0 && <ToolChanges server={server} changes={changes.value} approved={load} />}
        {all.length === 0 ? (
          <p class="hint">{tools.value === null ? words.unknown : words.none}</p>
        ) : (
          <>
            <p class="tool-count" role="status">
              {words.count(on.length, all.length, tokens)}
            </p>
            {exceeded.length > 0 && <p class="warning-line">{words.above(exceeded)}</p>}
            <div class="inline">
              {all.length >= MANY && (
                <input
                  type="search"
                  class="middle"
                  aria-label={words.filter}
                  placeholder={words.filter}
                  value={filter.value}
                  onInput={({ currentTarget }) => {
                    filter.value = currentTarget.value;
                  }}
                />
              )}
              <button type="button" class="button" onClick={() => switchAll(true)}>
                {words.allOn}
              </button>
              <button type="button" class="button" onClick={() => switchAll(false)}>
                {words.allOff}
              </button>
            </div>
            <ul class="tool-list" aria-labelledby={title}>
              {shown.map((tool) => (
                <Tool
                  key={tool.name}
                  tool={tool}
                  change={changed.get(tool.name) ?? null}
                  isOn={letsName(rules, tool.name)}
                  pattern={hidingRules(rules, tool.name, []).find((rule) => rule !== tool.name) ?? null}
                  set={(isOn) => change(changedRules(rules, isOn ? 'allow' : 'deny', [tool.name]))}
                />
              ))}
            </ul>
          </>
        )}
        <p class="hint">{words.hint}</p>
      </div>
    </div>
  );
}

interface ToolProps {
  readonly tool: ToolView;
  /** Null where it is as it was approved. */
  readonly change: ToolChange | null;
  readonly isOn: boolean;
  /** What switches it off among others. */
  readonly pattern: string | null;
  readonly set: (isOn: boolean) => void;
}

function Tool({ tool: { name, description, bytes, calls }, change, isOn, pattern, set }: ToolProps) {
  const words = text.value.settingsWindow.servers.toolList;
  const { kinds, held } = text.value.toolChanges;
  const facts = useId();
  return (
    <li class="tool">
      <Switch label={name} on={isOn} disabled={pattern !== null} describedBy={facts} onChange={set} />
      <div class="tool-text">
        <code>{name}</code>
        {change !== null && <span class="badge">{kinds[change.kind]}</span>}
        {change?.isHeld === true && <span class="badge">{held}</span>}
        <p id={facts} class="hint">
          {words.facts(tokensOf(bytes), calls)}
          {pattern !== null && ` · ${words.byPattern(pattern)}`}
        </p>
        {description !== '' && <p class="tool-description">{description}</p>}
      </div>
    </li>
  );
}

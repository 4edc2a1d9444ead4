import { integer, nullable, object, type Schema, text } from '../base/schema/index.ts';

/** What is remembered of updates from one start of the app to the next. */
export interface UpdateRecord {
  /** When the feed last answered, in milliseconds since the epoch; null until it has. */
  readonly checkedAt: number | null;
  /** The version that a notification has told of: one is told of once. */
  readonly told: string | null;
  /** The version whose row in the popover was dismissed. */
  readonly dismissed: string | null;
}

export const NO_UPDATE_RECORD: UpdateRecord = { checkedAt: null, told: null, dismissed: null };

const version = nullable(text({ max: 64 }));

export const updateRecordSchema: Schema<UpdateRecord> = object<UpdateRecord>({
  checkedAt: nullable(integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
  told: version,
  dismissed: version,
});

import { enumeration, integer, nullable, object, type Schema, text } from './schema/index.ts';

/** What macOS ties the permission to, as far as we can see it. */
export interface Identity {
  /** Build of macOS, such as `25A354`; empty where there is none. A major update may forget or confuse permissions. */
  readonly system: string;
  /** Version of this app, and the Mach-O UUID of its executable after a space where it has one. */
  readonly program: string;
}

/** What is remembered of the permission from one start to the next. */
export interface PermissionRecord extends Identity {
  /**
   * `asked`: no sign either way. `granted` and `denied` come from the last sign. `revoked`: granted once, and refused
   * connections since.
   */
  readonly outcome: 'asked' | 'granted' | 'denied' | 'revoked';
  /** When the last sign was seen, in milliseconds since the epoch. */
  readonly at: number;
}

/** Null until the person has asked. */
export const permissionSchema: Schema<PermissionRecord | null> = nullable(
  object<PermissionRecord>({
    outcome: enumeration(['asked', 'granted', 'denied', 'revoked']),
    at: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    system: text({ max: 64 }),
    program: text({ max: 256 }),
  }),
);

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

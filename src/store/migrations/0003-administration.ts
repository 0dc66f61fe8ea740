import type { Migration } from './migration.ts'

/** The chain of what was done to the gateway itself, and the index that counts what waits for a person. */
export const administration: Migration = {
  number: 3,
  name: 'administration',
  up: ({ text, options }) => [
    `create table admin_history (
    case_id ${text} not null,
    seq integer primary key not null,
    at ${text} not null,
    actor ${text} not null,
    event ${text} not null,
    payload ${text},
    salt ${text},
    payload_hash ${text} not null,
    previous_hash ${text} not null,
    hash ${text} not null
  )${options}`,
    "create index deliveries_stuck on deliveries (case_id) where state in ('unsendable', 'refused')",
  ],
}

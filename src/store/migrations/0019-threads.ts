import type { Migration } from './migration.ts'

/** A reply names the mail that it answers: ours by its delivery, the citizen's own by the party that it brought. */
export const threads: Migration = {
  number: 19,
  name: 'threads',
  up: () => [
    'create index deliveries_by_message_id on deliveries (message_id)',
    'create index parties_by_message_id on parties (reply_to_message_id)',
  ],
}

import type { Migration } from './migration.ts'

/** How often one address was written to of late, which ends what two robots would write to each other. */
export const mailsTo: Migration = {
  number: 21,
  name: 'mails-to',
  up: () => ['create index deliveries_to on deliveries (address, created_at)'],
}

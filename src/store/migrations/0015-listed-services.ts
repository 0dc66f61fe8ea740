import type { Migration } from './migration.ts'

/** What a trusted list says of the certificates below an anchor: whether signatures are qualified. */
export const listedServices: Migration = {
  number: 15,
  name: 'listed-services',
  up: ({ text }) => [`alter table trust_anchors add column listed ${text}`],
}

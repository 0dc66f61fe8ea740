import type { Migration } from './migration.ts'

/** From when and until when an anchor counts, where the municipality says so; else always. */
export const anchorDates: Migration = {
  number: 4,
  name: 'anchor-dates',
  up: ({ text }) => [
    `alter table trust_anchors add column counts_from ${text}`,
    `alter table trust_anchors add column counts_until ${text}`,
  ],
}

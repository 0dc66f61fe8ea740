import type { Migration } from './migration.ts'

/** Trusted lists that count or counted, each with its document: what was judged by them can be told again. */
export const listEditions: Migration = {
  number: 17,
  name: 'list-editions',
  up: ({ text, options }) => [
    `create table list_editions (
    territory ${text} not null,
    taken_at ${text} not null,
    sequence integer not null,
    issued_at ${text} not null,
    signer ${text} not null,
    signers ${text} not null,
    services ${text} not null,
    sha256 ${text} not null references blobs (sha256) deferrable initially deferred,
    primary key (territory, taken_at)
  )${options}`,
  ],
}

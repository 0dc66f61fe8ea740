import type { Migration } from './migration.ts'

/** What was fetched to judge signatures by, and which verdict rests on which of it. */
export const validationData: Migration = {
  number: 5,
  name: 'validation-data',
  up: ({ made, text, options }) => [
    `create table validation_data (
    ${made},
    id ${text} not null unique,
    kind ${text} not null,
    url ${text} not null,
    certificate ${text} not null,
    sha256 ${text} not null references blobs (sha256) deferrable initially deferred,
    fetched_at ${text} not null,
    fresh_until ${text}
  )${options}`,
    'create index validation_data_of_certificate on validation_data (certificate, kind, made)',
    `alter table verifications add column validation_data ${text} not null default '[]'`,
  ],
}

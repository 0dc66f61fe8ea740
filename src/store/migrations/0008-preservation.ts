import type { Migration } from './migration.ts'

/** Archive time-stamps over what is kept of a case, each over the one before it. */
export const preservation: Migration = {
  number: 8,
  name: 'preservation',
  up: ({ made, text, options }) => [
    `create table preservations (
    ${made},
    id ${text} not null unique,
    case_id ${text} not null references cases (id) deferrable initially deferred,
    seq integer not null,
    manifest_sha256 ${text} not null references blobs (sha256) deferrable initially deferred,
    token_sha256 ${text} not null references blobs (sha256) deferrable initially deferred,
    at ${text} not null,
    authority ${text} not null,
    holds_until ${text} not null,
    renew_at ${text} not null,
    algorithms ${text} not null,
    validation_data ${text} not null,
    created_at ${text} not null,
    unique (case_id, seq)
  )${options}`,
    'create index preservations_by_renewal on preservations (renew_at)',
  ],
}

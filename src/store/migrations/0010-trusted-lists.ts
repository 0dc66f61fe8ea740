import type { Migration } from './migration.ts'

/** Trusted lists that count, and the times during which each certificate of theirs did. */
export const trustedLists: Migration = {
  number: 10,
  name: 'trusted-lists',
  up: ({ made, text, options }) => [
    `alter table trust_anchors add column periods ${text}`,
    `create table trusted_lists (
    ${made},
    territory ${text} not null unique,
    url ${text},
    signers ${text} not null,
    signer ${text} not null,
    services ${text} not null,
    operator ${text} not null,
    sequence integer not null,
    issued_at ${text} not null,
    next_update ${text},
    sha256 ${text} not null,
    taken_at ${text} not null,
    tried_at ${text} not null,
    problem ${text}
  )${options}`,
  ],
}

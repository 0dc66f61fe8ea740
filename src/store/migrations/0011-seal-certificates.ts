import type { Migration } from './migration.ts'

/** The certificates of the municipality's seals, former ones too: what was sealed with them is still ours. */
export const sealCertificates: Migration = {
  number: 11,
  name: 'seal-certificates',
  up: ({ made, text, options }) => [
    `create table seal_certificates (
    ${made},
    sha256 ${text} not null unique,
    kind ${text} not null,
    subject ${text} not null,
    chain ${text} not null,
    not_before ${text} not null,
    not_after ${text} not null,
    since ${text} not null
  )${options}`,
  ],
}

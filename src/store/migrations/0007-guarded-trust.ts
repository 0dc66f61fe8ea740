import type { Migration } from './migration.ts'

/**
 * Changes of trust name their entry in the administration's chain; a change that waits for its confirmation; what an
 * anchor's use is limited to; and which documents' newest verdict rests on which anchor, so that cases are counted
 * without reading reports.
 */
export const guardedTrust: Migration = {
  number: 7,
  name: 'guarded-trust',
  up: ({ made, text, options }) => [
    'alter table trust_changes add column seq integer',
    `alter table trust_anchors add column constraints ${text}`,
    `create table trust_proposals (
    ${made},
    id ${text} not null unique,
    state ${text} not null,
    steps ${text} not null,
    reason ${text} not null,
    proposed_by ${text} not null,
    made_at ${text} not null,
    expires_at ${text} not null,
    trust_stamp ${text} not null,
    effects ${text},
    settled_at ${text},
    settled_by ${text},
    settled_reason ${text}
  )${options}`,
    'create index trust_proposals_by_state on trust_proposals (state, made)',
    `alter table verifications add column anchors ${text} not null default '[]'`,
    `create table anchors_of_documents (
    document_id ${text} not null references documents (id) deferrable initially deferred,
    sha256 ${text} not null,
    primary key (document_id, sha256)
  )${options}`,
    'create index documents_of_anchor on anchors_of_documents (sha256)',
  ],
}

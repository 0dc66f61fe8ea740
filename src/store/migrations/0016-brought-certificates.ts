import type { Migration } from './migration.ts'

/** Certificates that came with what citizens sent: as anchors these need their fingerprint from elsewhere. */
export const broughtCertificates: Migration = {
  number: 16,
  name: 'brought-certificates',
  up: ({ text, options }) => [
    `create table brought_certificates (
    sha256 ${text} not null,
    document_id ${text} not null references documents (id) deferrable initially deferred,
    primary key (sha256, document_id)
  )${options}`,
    'create index documents_by_digest on documents (sha256)',
  ],
}

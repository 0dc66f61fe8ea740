import type { Migration } from './migration.ts'

/**
 * The municipality's keys for mail, and the keys of citizens with where each came from. What parties hold already becomes
 * rows: where DMARC vouched for the mail, the first key of an address counts and later ones wait; all else was for its
 * own case only.
 */
export const keys: Migration = {
  number: 9,
  name: 'keys',
  up: ({ made, text, options }) => [
    `create table own_keys (
    ${made},
    id ${text} not null unique,
    kind ${text} not null,
    state ${text} not null,
    source ${text} not null,
    certificate ${text} not null,
    subject ${text} not null,
    addresses ${text} not null,
    algorithm ${text} not null,
    file ${text} not null,
    created_at ${text} not null,
    expires_at ${text},
    state_since ${text} not null,
    reason ${text},
    backed_up_at ${text}
  )${options}`,
    // Two commands at once must not leave two keys that sign.
    "create unique index own_keys_active on own_keys (kind) where state = 'active'",
    `create table citizen_keys (
    ${made},
    id ${text} not null unique,
    address ${text} not null,
    kind ${text} not null,
    fingerprint ${text} not null,
    certificate ${text} not null,
    source ${text} not null,
    proof ${text} not null,
    state ${text} not null,
    first_seen_at ${text} not null,
    last_seen_at ${text} not null,
    state_since ${text} not null,
    unique (address, kind, fingerprint)
  )${options}`,
    "create unique index citizen_keys_in_force on citizen_keys (address, kind) where state = 'counts'",
    `create table key_challenges (
    ${made},
    id ${text} not null unique,
    key_id ${text} not null references citizen_keys (id),
    case_id ${text} not null references cases (id),
    code_hash ${text} not null,
    created_at ${text} not null,
    expires_at ${text} not null,
    attempts_left integer not null,
    used_at ${text}
  )${options}`,
    'create index key_challenges_of_case on key_challenges (case_id, made)',
    'create index parties_by_address on parties (lower(email))',
    // Of one key that an address brought several times, the mail that the domain vouched for tells, else the first.
    `insert into citizen_keys (id, address, kind, fingerprint, certificate, source, proof, state,
      first_seen_at, last_seen_at, state_since)
    select id, address, 'openpgp', openpgp_fingerprint, openpgp_key, coalesce(openpgp_source, 'attached'),
      case email_proof when 'dmarc' then 'dmarc' when 'openpgp' then 'signature' else 'none' end, 'candidate',
      received_at, received_at, received_at
    from (
      select parties.id, parties.made, lower(parties.email) as address, openpgp_fingerprint, openpgp_key, openpgp_source,
        email_proof, cases.received_at, row_number() over (
          partition by lower(parties.email), openpgp_fingerprint
          order by case when email_proof = 'dmarc' then 0 else 1 end, parties.made
        ) as place
      from parties join cases on cases.id = parties.case_id
      where parties.email is not null and openpgp_key is not null and openpgp_fingerprint is not null
    ) as held where place = 1 order by made`,
    `update citizen_keys set state = 'counts' where proof = 'dmarc' and not exists (
      select 1 from citizen_keys as older where older.address = citizen_keys.address and older.kind = citizen_keys.kind
      and older.proof = 'dmarc' and older.made < citizen_keys.made)`,
  ],
}

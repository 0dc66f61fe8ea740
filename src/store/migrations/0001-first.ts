import type { Dialect, Migration } from './migration.ts'

/**
 * References are checked when the commit ends (deferred), so that the order of writes within it is free;
 * a document without its blob, or a letter without its party, then fails the whole commit.
 */
const ref = (column: string): string => `references ${column} deferrable initially deferred`

const cases = ({ made, text, bytes, options }: Dialect): readonly string[] => [
  `create table blobs (sha256 ${text} primary key not null, size integer not null, bytes ${bytes})${options}`,
  `create table cases (
    ${made},
    id ${text} not null unique,
    number ${text} not null unique,
    case_type ${text} not null,
    title ${text} not null,
    state ${text} not null,
    channel ${text} not null,
    queue_rank integer not null,
    language ${text} not null,
    received_at ${text} not null,
    checked_at ${text} not null,
    due_on ${text} not null,
    indication ${text} not null,
    decision ${text},
    decided_at ${text},
    decided_by ${text},
    decision_reason ${text},
    answered_at ${text},
    archived_at ${text}
  )${options}`,
  // The queue is read in this order and a place in it counted without touching the rows.
  `create index cases_in_queue on cases (due_on, queue_rank, received_at, id) where state = 'with-caseworker'`,
  'create index cases_by_receipt on cases (received_at, id)',
  'create index cases_by_state on cases (state, received_at, id)',
  `create table counters (name ${text} primary key not null, value integer not null)${options}`,
  `create table parties (
    ${made},
    id ${text} not null unique,
    case_id ${text} not null ${ref('cases (id)')},
    role ${text} not null,
    name ${text},
    email ${text},
    email_proof ${text},
    may_answer integer not null,
    may_not_answer_reason ${text},
    wrote_encrypted integer not null,
    openpgp_key ${text},
    openpgp_fingerprint ${text},
    openpgp_source ${text},
    chosen_channel ${text},
    reply_to_message_id ${text}
  )${options}`,
  'create index parties_of_case on parties (case_id, made)',
  `create table history (
    case_id ${text} not null ${ref('cases (id)')},
    seq integer not null,
    at ${text} not null,
    actor ${text} not null,
    event ${text} not null,
    payload ${text},
    salt ${text},
    payload_hash ${text} not null,
    previous_hash ${text} not null,
    hash ${text} not null,
    primary key (case_id, seq)
  )${options}`,
  `create table one_time_codes (
    ${made},
    id ${text} not null unique,
    case_id ${text} not null ${ref('cases (id)')},
    code_hash ${text} not null,
    email_hash ${text} not null,
    browser_hash ${text} not null,
    created_at ${text} not null,
    expires_at ${text} not null,
    attempts_left integer not null,
    used_at ${text}
  )${options}`,
  'create index one_time_codes_of_browser on one_time_codes (case_id, browser_hash, made)',
  'create index one_time_codes_of_case on one_time_codes (case_id, created_at)',
  'create index one_time_codes_of_address on one_time_codes (email_hash, created_at)',
]

const intake = ({ made, text, options }: Dialect): readonly string[] => [
  `create table submissions (
    ${made},
    id ${text} not null unique,
    channel ${text} not null,
    received_at ${text} not null,
    dedup_key ${text} not null unique,
    envelope ${text} not null,
    raw_media_type ${text} not null,
    raw_sha256 ${text} not null ${ref('blobs (sha256)')},
    raw_size integer not null,
    state ${text} not null,
    case_id ${text} ${ref('cases (id)')},
    language ${text},
    problem ${text},
    headers ${text}
  )${options}`,
  'create index submissions_of_case on submissions (case_id, made)',
  `create table documents (
    ${made},
    id ${text} not null unique,
    submission_id ${text} ${ref('submissions (id)')},
    case_id ${text} ${ref('cases (id)')},
    role ${text} not null,
    name ${text} not null,
    original_name ${text},
    media_type ${text} not null,
    declared_media_type ${text},
    sha256 ${text} not null ${ref('blobs (sha256)')},
    size integer not null,
    part_path ${text},
    derived_from ${text} ${ref('documents (id)')},
    created_at ${text} not null
  )${options}`,
  'create index documents_of_submission on documents (submission_id, made)',
  'create index documents_of_case on documents (case_id, made)',
  `create table verifications (
    ${made},
    id ${text} not null unique,
    document_id ${text} not null ${ref('documents (id)')},
    indication ${text} not null,
    sub_indication ${text},
    validation_time ${text} not null,
    trust_list_version ${text} not null,
    report_sha256 ${text} not null ${ref('blobs (sha256)')},
    created_at ${text} not null
  )${options}`,
  'create index verifications_of_document on verifications (document_id, made)',
  `create table case_tokens (
    ${made},
    token_hash ${text} not null unique,
    kind ${text} not null,
    submission_id ${text} ${ref('submissions (id)')},
    case_id ${text} ${ref('cases (id)')},
    created_at ${text} not null,
    expires_at ${text} not null,
    revoked_at ${text}
  )${options}`,
  'create index case_tokens_of_case on case_tokens (case_id, made)',
  'create index case_tokens_of_submission on case_tokens (submission_id, made)',
]

const answers = ({ made, text, options }: Dialect): readonly string[] => [
  `create table letters (
    ${made},
    id ${text} not null unique,
    cause ${text} not null unique,
    case_id ${text} not null ${ref('cases (id)')},
    party_id ${text} not null ${ref('parties (id)')},
    kind ${text} not null,
    language ${text} not null,
    subject ${text} not null,
    body_text ${text} not null,
    document_ids ${text} not null,
    created_at ${text} not null
  )${options}`,
  'create index letters_of_case on letters (case_id, made)',
  `create table deliveries (
    ${made},
    id ${text} not null unique,
    letter_id ${text} not null ${ref('letters (id)')},
    case_id ${text} not null ${ref('cases (id)')},
    channel ${text} not null,
    route_reason ${text} not null,
    address ${text},
    message_id ${text},
    raw_sha256 ${text} ${ref('blobs (sha256)')},
    raw_size integer,
    state ${text} not null,
    attempts integer not null,
    possibly_doubled integer not null,
    created_at ${text} not null,
    updated_at ${text} not null
  )${options}`,
  'create index deliveries_of_letter on deliveries (letter_id, made)',
  'create index deliveries_by_state on deliveries (state, made)',
  `create table delivery_evidence (
    ${made},
    id ${text} not null unique,
    delivery_id ${text} not null ${ref('deliveries (id)')},
    at ${text} not null,
    event ${text} not null,
    detail ${text} not null
  )${options}`,
  'create index evidence_of_delivery on delivery_evidence (delivery_id, made)',
  `create table archive_packages (
    ${made},
    id ${text} not null unique,
    case_id ${text} not null ${ref('cases (id)')},
    version integer not null,
    connector ${text} not null,
    location ${text},
    fixity ${text},
    state ${text} not null,
    acknowledged_at ${text},
    created_at ${text} not null
  )${options}`,
  'create index archive_packages_of_case on archive_packages (case_id, made)',
]

const people = ({ made, text, bytes, options }: Dialect): readonly string[] => [
  `create table accounts (
    ${made},
    id ${text} not null unique,
    username ${text} not null unique,
    display_name ${text} not null,
    role ${text} not null,
    password_hash ${text},
    created_at ${text} not null,
    disabled_at ${text}
  )${options}`,
  `create table invitations (
    token_hash ${text} primary key not null,
    account_id ${text} not null ${ref('accounts (id)')},
    created_at ${text} not null,
    expires_at ${text} not null,
    used_at ${text}
  )${options}`,
  `create table sessions (
    token_hash ${text} primary key not null,
    account_id ${text} ${ref('accounts (id)')},
    case_id ${text} ${ref('cases (id)')},
    created_at ${text} not null,
    expires_at ${text} not null
  )${options}`,
  'create index sessions_of_account on sessions (account_id)',
  `create table trust_anchors (
    ${made},
    sha256 ${text} not null unique,
    der ${bytes} not null,
    subject ${text} not null,
    purposes ${text} not null,
    source ${text} not null,
    note ${text} not null,
    added_at ${text} not null,
    added_by ${text} not null,
    disabled_at ${text}
  )${options}`,
  `create table trust_changes (
    ${made},
    id ${text} not null unique,
    at ${text} not null,
    actor ${text} not null,
    action ${text} not null,
    sha256 ${text} not null,
    reason ${text} not null
  )${options}`,
  `create table settings (name ${text} primary key not null, value ${text} not null)${options}`,
]

const jobs = ({ engine, made, text, options }: Dialect): readonly string[] => [
  `create table jobs (
    ${made},
    id ${text} not null unique,
    kind ${text} not null,
    key ${text} not null,
    payload ${text} not null,
    state ${text} not null,
    attempts integer not null,
    run_at ${text} not null,
    lease_until ${text},
    lease_owner ${text},
    due_at ${text},
    last_error ${text},
    created_at ${text} not null,
    unique (kind, key)
  )${options}`,
  'create index jobs_due on jobs (due_at, made) where due_at is not null',
  'create index jobs_by_state on jobs (state, made)',
  // Mail is compressed badly and read seldom: PostgreSQL need not try to compress each blob.
  ...(engine === 'postgres' ? ['alter table blobs alter column bytes set storage external'] : []),
]

/** The schema as it was first released. */
export const first: Migration = {
  number: 1,
  name: 'first',
  up: (dialect) => [...cases(dialect), ...intake(dialect), ...answers(dialect), ...people(dialect), ...jobs(dialect)],
}

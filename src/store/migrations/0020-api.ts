import type { Migration } from './migration.ts'

/** Tokens of other systems, and the keys under which they sent something. */
export const api: Migration = {
  number: 20,
  name: 'api',
  up: ({ made, text, options }) => [
    `create table api_tokens (
    ${made},
    id ${text} not null unique,
    name ${text} not null,
    token_hash ${text} not null unique,
    created_at ${text} not null,
    expires_at ${text} not null,
    revoked_at ${text}
  )${options}`,
    `create table api_requests (
    token_id ${text} not null references api_tokens (id) deferrable initially deferred,
    key_hash ${text} not null,
    digest ${text} not null,
    submission_id ${text},
    at ${text} not null,
    primary key (token_id, key_hash)
  )${options}`,
    'create index api_requests_by_submission on api_requests (submission_id)',
  ],
}

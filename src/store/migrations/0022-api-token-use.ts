import type { Migration } from './migration.ts'

/** When a token was used last: one that nobody uses any more is found and taken back. */
export const apiTokenUse: Migration = {
  number: 22,
  name: 'api-token-use',
  up: ({ text }) => [`alter table api_tokens add column last_used_at ${text}`],
}

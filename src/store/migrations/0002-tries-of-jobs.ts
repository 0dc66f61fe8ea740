import type { Migration } from './migration.ts'

/**
 * What decides whether a job is tried again, apart from its attempts, which only ever grow: they tell one lease from
 * every other.
 */
export const triesOfJobs: Migration = {
  number: 2,
  name: 'tries-of-jobs',
  up: ({ text }) => [
    'alter table jobs add column tries integer not null default 0',
    'alter table jobs add column strikes integer not null default 0',
    `alter table jobs add column tried_since ${text} not null default ''`,
    'update jobs set tries = attempts, strikes = attempts, tried_since = created_at',
  ],
}

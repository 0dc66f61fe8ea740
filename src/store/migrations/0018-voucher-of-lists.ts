import type { Migration } from './migration.ts'

/** Who says who may sign a trusted list: one that an admin vouched for is fetched by its own address. */
export const voucherOfLists: Migration = {
  number: 18,
  name: 'voucher-of-lists',
  up: ({ text }) => [`alter table trusted_lists add column vouched ${text}`],
}

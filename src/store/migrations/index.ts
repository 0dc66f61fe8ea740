import { first } from './0001-first.ts'
import { triesOfJobs } from './0002-tries-of-jobs.ts'
import { administration } from './0003-administration.ts'
import { anchorDates } from './0004-anchor-dates.ts'
import { validationData } from './0005-validation-data.ts'
import { guardedTrust } from './0007-guarded-trust.ts'
import { preservation } from './0008-preservation.ts'
import { keys } from './0009-keys.ts'
import { trustedLists } from './0010-trusted-lists.ts'
import { sealCertificates } from './0011-seal-certificates.ts'
import { listedServices } from './0015-listed-services.ts'
import { broughtCertificates } from './0016-brought-certificates.ts'
import { listEditions } from './0017-list-editions.ts'
import { voucherOfLists } from './0018-voucher-of-lists.ts'
import { threads } from './0019-threads.ts'
import { api } from './0020-api.ts'
import { mailsTo } from './0021-mails-to.ts'
import { apiTokenUse } from './0022-api-token-use.ts'
import type { Migration } from './migration.ts'

export { type Dialect, dialects, type Migration } from './migration.ts'

/** All that this version knows, in order. A new one is a new file and one entry here. */
export const migrations: readonly Migration[] = [
  first,
  triesOfJobs,
  administration,
  anchorDates,
  validationData,
  guardedTrust,
  preservation,
  keys,
  trustedLists,
  sealCertificates,
  listedServices,
  broughtCertificates,
  listEditions,
  voucherOfLists,
  threads,
  api,
  mailsTo,
  apiTokenUse,
]

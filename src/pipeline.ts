/**
 * The life of one submission, in order. Each step is a durable job: it may run twice, may be killed anywhere, and
 * leaves the same result, because it finishes in the commit that writes what it made. The why of each step stands in
 * docs/lifecycle.md.
 *
 *   1. receive      intake/smtp.ts, upload.ts, folder.ts: bytes, row and job "normalise" are flushed, then comes 250
 *   2. normalise    raw bytes → documents, in a child process with limits
 *                   (where a scanner is configured, "scan" asks it for malware before the next step)
 *   3. verify       documents → reports, against the anchors in force, in a child process with limits
 *   4. open-case    case, party, tracking token, receipt
 *   5. decide       a caseworker's click: "approve" makes the stamped and sealed copy, "reject" the reasons
 *   6. route-letter the plan is written; "deliver" composes, stores, hands over, keeps the evidence
 *   7. archive      what is kept gets a time-stamp where an authority is configured; the package is put, read back and
 *                   acknowledged
 *
 * What a program sends about a letter opens no case at 4: "note-report" makes it evidence of the delivery.
 * Beside 4 "look-up-key" asks a domain's directory for the key of a sender who brought none, where that is configured.
 * "rejudge" goes back to 3 for open cases when an admin changed which CAs count. Once a day "watch-anchors" does the same
 * where an anchor's dates did and warns of what ends, seal and keys too, and "renew-timestamps" goes back to 7 for what would end. "tell-trust-change" tells others
 * of what was changed; "review-policy" looks which verdicts a change of policy would change.
 */
import {
  type ArchiveCaseParts,
  archiveCase,
  type RenewParts,
  renewTimestamps,
  stampBeforeArchiving,
} from './archive/index.ts'
import {
  type ApprovedCopyParts,
  type CarryOutParts,
  carryOutApproval,
  carryOutRejection,
  type LookUpKeyParts,
  lookUpSendersKey,
  type OpenCaseParts,
  openCase,
} from './casework/index.ts'
import { type DeliveryParts, deliverMail, noteReport, routeLetter } from './delivery/index.ts'
import { type NormaliseParts, normaliseSubmission, type ScanParts, scanSubmission } from './intake/index.ts'
import type { Job, JobKind, RecurringJobKind } from './model/job.ts'
import { eachDay } from './model/recurring.ts'
import { instant } from './model/time.ts'
import { type OwnSeal, warnOfKeyEnds, warnOfSealEnd } from './seal/index.ts'
import {
  type JudgeParts,
  type ListParts,
  putOnRecord,
  refreshLists,
  rejudgeCase,
  reviewPolicy,
  type TellParts,
  tellTrustChange,
  verifySubmission,
  watchAnchors,
} from './trust/index.ts'

/** What the steps need, put together by wiring.ts. */
export type PipelineParts = NormaliseParts &
  ScanParts &
  JudgeParts &
  OpenCaseParts &
  CarryOutParts &
  LookUpKeyParts &
  ApprovedCopyParts &
  DeliveryParts &
  TellParts &
  ArchiveCaseParts &
  RenewParts &
  Pick<ListParts, 'listOfLists'> & { readonly listFetcher: ListParts['fetcher'] } & {
    readonly seal: Pick<OwnSeal, 'certificates'>
  }

/** Gives each kind of job its step. */
export function pipeline(parts: PipelineParts): Readonly<Record<JobKind, (job: Job) => Promise<void>>> {
  return {
    normalise: (job) => normaliseSubmission(job, parts),
    scan: (job) => scanSubmission(job, parts),
    verify: (job) => verifySubmission(job, parts),
    rejudge: (job) => rejudgeCase(job, parts),
    'open-case': (job) => openCase(job, parts),
    approve: (job) => carryOutApproval(job, parts),
    reject: (job) => carryOutRejection(job, parts),
    'route-letter': (job) => routeLetter(job, parts),
    deliver: (job) => deliverMail(job, parts),
    'note-report': (job) => noteReport(job, parts),
    'look-up-key': (job) => lookUpSendersKey(job, parts),
    'review-policy': (job) => reviewPolicy(job, parts),
    'tell-trust-change': (job) => tellTrustChange(job, parts),
    archive: async (job) => {
      await stampBeforeArchiving(job, parts)
      await archiveCase(job, parts)
    },
    'watch-anchors': eachDay(async (job) => {
      const { store, clock, seal } = parts
      await store.commit(async (write) => {
        await warnOfSealEnd(write, seal.certificates().at(-1), instant(clock()), putOnRecord)
        await warnOfKeyEnds(write, instant(clock()), putOnRecord)
      })
      await watchAnchors(job, parts)
    }, parts),
    'renew-timestamps': eachDay((job) => renewTimestamps(job, parts), parts),
    'refresh-lists': eachDay((job) => refreshLists(job, { ...parts, fetcher: parts.listFetcher }), parts),
  }
}

/** What runs once a day whatever comes in; gateway.ts plans the first run at its start. */
export const RECURRING: readonly RecurringJobKind[] = ['watch-anchors', 'renew-timestamps', 'refresh-lists']

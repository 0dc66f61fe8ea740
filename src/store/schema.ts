import type { Generated, Kysely } from 'kysely'
import type { Account, Invitation, Session } from '../model/account.ts'
import type { ApiRequest, ApiToken } from '../model/api-token.ts'
import type { ArchivePackage } from '../model/archive-package.ts'
import type { Case, CaseToken, HistoryEntry, OneTimeCode, Party } from '../model/case.ts'
import type { CitizenKey, KeyChallenge } from '../model/citizen-key.ts'
import type { Document, Verification } from '../model/document.ts'
import type { Job } from '../model/job.ts'
import type { Delivery, DeliveryEvidence, Letter } from '../model/letter.ts'
import type { OwnKey } from '../model/own-key.ts'
import type { Preservation } from '../model/preservation.ts'
import type { SealCertificate } from '../model/seal.ts'
import type { Submission } from '../model/submission.ts'
import type { Instant } from '../model/time.ts'
import type { TrustAnchor, TrustChange } from '../model/trust-anchor.ts'
import type { TrustProposal } from '../model/trust-proposal.ts'
import type { ListEdition, TrustedList } from '../model/trusted-list.ts'
import type { ValidationData } from '../model/validation-data.ts'
import type { Row } from './codec.ts'
import type * as columns from './columns.ts'
import type * as trust from './trust-columns.ts'

/** The order of making within a table; the engine counts it. */
interface Made {
  readonly made: Generated<number>
}

/** When a job is due, and how much it was tried since it was made, or since a person had it tried again. */
interface JobSchedule {
  /** runAt where ready, leaseUntil where leased, null where nothing is to be done: one index finds all due. */
  readonly dueAt: Instant | null
  /** Since then; attempts goes on counting, because it tells one lease from every other. */
  readonly triedSince: Instant
  /** How often it was leased since then: the backoff grows by it. */
  readonly tries: number
  /** The tries that count against it: all but those at what was only away. */
  readonly strikes: number
}

/** Every table as Kysely sees it: the columns of the model in camelCase (snake_case in the database), and our own. */
export interface Tables {
  submissions: Row<Submission, typeof columns.submissionColumns> & Made
  documents: Row<Document, typeof columns.documentColumns> & Made
  verifications: Row<Verification, typeof columns.verificationColumns> & Made
  /** Of the newest verdict of each document: an index over verifications, by which cases are counted. */
  anchorsOfDocuments: { documentId: string; sha256: string }
  /** Of all verdicts on each document: certificates on the ways of its signatures that no anchor vouches for. */
  broughtCertificates: { documentId: string; sha256: string }
  validationData: Row<ValidationData, typeof trust.validationDataColumns> & Made
  preservations: Row<Preservation, typeof trust.preservationColumns> & Made
  /** queueRank: 0 for digital channels, 1 for scanned paper. */
  cases: Row<Case, typeof columns.caseColumns> & Made & { queueRank: number }
  counters: { name: string; value: number }
  parties: Row<Party, typeof columns.partyColumns> & Made
  history: Row<HistoryEntry, typeof columns.historyColumns>
  adminHistory: Row<HistoryEntry, typeof columns.historyColumns>
  caseTokens: Row<CaseToken, typeof columns.caseTokenColumns> & Made
  oneTimeCodes: Row<OneTimeCode, typeof columns.oneTimeCodeColumns> & Made
  letters: Row<Letter, typeof columns.letterColumns> & Made
  deliveries: Row<Delivery, typeof columns.deliveryColumns> & Made
  deliveryEvidence: Row<DeliveryEvidence, typeof columns.evidenceColumns> & Made
  accounts: Row<Account, typeof columns.accountColumns> & Made
  invitations: Row<Invitation, typeof columns.invitationColumns>
  sessions: Row<Session, typeof columns.sessionColumns>
  apiTokens: Row<ApiToken, typeof columns.apiTokenColumns> & Made
  apiRequests: Row<ApiRequest, typeof columns.apiRequestColumns>
  trustAnchors: Row<TrustAnchor, typeof trust.anchorColumns> & Made
  trustedLists: Row<TrustedList, typeof trust.trustedListColumns> & Made
  listEditions: Row<ListEdition, typeof trust.listEditionColumns>
  trustChanges: Row<TrustChange, typeof trust.trustChangeColumns> & Made
  ownKeys: Row<OwnKey, typeof trust.ownKeyColumns> & Made
  sealCertificates: Row<SealCertificate, typeof trust.sealColumns> & Made
  citizenKeys: Row<CitizenKey, typeof trust.citizenKeyColumns> & Made
  keyChallenges: Row<KeyChallenge, typeof trust.keyChallengeColumns> & Made
  trustProposals: Row<TrustProposal, typeof trust.proposalColumns> & Made
  archivePackages: Row<ArchivePackage, typeof columns.packageColumns> & Made
  settings: { name: string; value: string }
  jobs: Row<Job, typeof columns.jobColumns> & Made & JobSchedule
  /** bytes is null where they lie in a file. */
  blobs: { sha256: string; size: number; bytes: Uint8Array | null }
  appliedMigrations: { number: number; name: string; checksum: string; appliedAt: Instant }
}

export type Db = Kysely<Tables>

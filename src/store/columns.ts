import type { Account, Invitation, Session } from '../model/account.ts'
import type { ApiRequest, ApiToken } from '../model/api-token.ts'
import type { ArchivePackage } from '../model/archive-package.ts'
import type { Case, CaseToken, HistoryEntry, OneTimeCode, Party } from '../model/case.ts'
import type { Document, Verification } from '../model/document.ts'
import type { Job } from '../model/job.ts'
import type { Delivery, DeliveryEvidence, Letter } from '../model/letter.ts'
import type { Submission } from '../model/submission.ts'
import type { Columns } from './codec.ts'

/** How each field of the model lies in its table. */

export const submissionColumns = {
  id: 'plain',
  channel: 'plain',
  receivedAt: 'plain',
  dedupKey: 'plain',
  envelope: 'json',
  rawMediaType: 'plain',
  rawSha256: 'plain',
  rawSize: 'plain',
  state: 'plain',
  caseId: 'plain',
  language: 'plain',
  problem: 'plain',
  headers: 'json',
} as const satisfies Columns<Submission>

export const documentColumns = {
  id: 'plain',
  submissionId: 'plain',
  caseId: 'plain',
  role: 'plain',
  name: 'plain',
  originalName: 'plain',
  mediaType: 'plain',
  declaredMediaType: 'plain',
  sha256: 'plain',
  size: 'plain',
  partPath: 'plain',
  derivedFrom: 'plain',
  createdAt: 'plain',
} as const satisfies Columns<Document>

export const verificationColumns = {
  id: 'plain',
  documentId: 'plain',
  indication: 'plain',
  subIndication: 'plain',
  validationTime: 'plain',
  trustListVersion: 'plain',
  reportSha256: 'plain',
  anchors: 'json',
  validationData: 'json',
  createdAt: 'plain',
} as const satisfies Columns<Verification>

export const caseColumns = {
  id: 'plain',
  number: 'plain',
  caseType: 'plain',
  title: 'plain',
  state: 'plain',
  channel: 'plain',
  language: 'plain',
  receivedAt: 'plain',
  checkedAt: 'plain',
  dueOn: 'plain',
  indication: 'plain',
  decision: 'plain',
  decidedAt: 'plain',
  decidedBy: 'plain',
  decisionReason: 'plain',
  answeredAt: 'plain',
  archivedAt: 'plain',
} as const satisfies Columns<Case>

export const partyColumns = {
  id: 'plain',
  caseId: 'plain',
  role: 'plain',
  name: 'plain',
  email: 'plain',
  emailProof: 'plain',
  mayAnswer: 'flag',
  mayNotAnswerReason: 'plain',
  wroteEncrypted: 'flag',
  openpgpKey: 'plain',
  openpgpFingerprint: 'plain',
  openpgpSource: 'plain',
  chosenChannel: 'plain',
  replyToMessageId: 'plain',
} as const satisfies Columns<Party>

export const historyColumns = {
  caseId: 'plain',
  seq: 'plain',
  at: 'plain',
  actor: 'json',
  event: 'plain',
  payload: 'json',
  salt: 'plain',
  payloadHash: 'plain',
  previousHash: 'plain',
  hash: 'plain',
} as const satisfies Columns<HistoryEntry>

export const caseTokenColumns = {
  tokenHash: 'plain',
  kind: 'plain',
  submissionId: 'plain',
  caseId: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
  revokedAt: 'plain',
} as const satisfies Columns<CaseToken>

export const oneTimeCodeColumns = {
  id: 'plain',
  caseId: 'plain',
  codeHash: 'plain',
  emailHash: 'plain',
  browserHash: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
  attemptsLeft: 'plain',
  usedAt: 'plain',
} as const satisfies Columns<OneTimeCode>

export const letterColumns = {
  id: 'plain',
  cause: 'plain',
  caseId: 'plain',
  partyId: 'plain',
  kind: 'plain',
  language: 'plain',
  subject: 'plain',
  bodyText: 'plain',
  documentIds: 'json',
  createdAt: 'plain',
} as const satisfies Columns<Letter>

export const deliveryColumns = {
  id: 'plain',
  letterId: 'plain',
  caseId: 'plain',
  channel: 'plain',
  routeReason: 'plain',
  address: 'plain',
  messageId: 'plain',
  rawSha256: 'plain',
  rawSize: 'plain',
  state: 'plain',
  attempts: 'plain',
  possiblyDoubled: 'plain',
  createdAt: 'plain',
  updatedAt: 'plain',
} as const satisfies Columns<Delivery>

export const evidenceColumns = {
  id: 'plain',
  deliveryId: 'plain',
  at: 'plain',
  event: 'plain',
  detail: 'json',
} as const satisfies Columns<DeliveryEvidence>

export const accountColumns = {
  id: 'plain',
  username: 'plain',
  displayName: 'plain',
  role: 'plain',
  passwordHash: 'plain',
  createdAt: 'plain',
  disabledAt: 'plain',
} as const satisfies Columns<Account>

export const invitationColumns = {
  tokenHash: 'plain',
  accountId: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
  usedAt: 'plain',
} as const satisfies Columns<Invitation>

export const apiTokenColumns = {
  id: 'plain',
  name: 'plain',
  tokenHash: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
  revokedAt: 'plain',
  lastUsedAt: 'plain',
} as const satisfies Columns<ApiToken>

export const apiRequestColumns = {
  tokenId: 'plain',
  keyHash: 'plain',
  digest: 'plain',
  submissionId: 'plain',
  at: 'plain',
} as const satisfies Columns<ApiRequest>

export const sessionColumns = {
  tokenHash: 'plain',
  accountId: 'plain',
  caseId: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
} as const satisfies Columns<Session>

export const packageColumns = {
  id: 'plain',
  caseId: 'plain',
  version: 'plain',
  connector: 'plain',
  location: 'plain',
  fixity: 'plain',
  state: 'plain',
  acknowledgedAt: 'plain',
  createdAt: 'plain',
} as const satisfies Columns<ArchivePackage>

export const jobColumns = {
  id: 'plain',
  kind: 'plain',
  key: 'plain',
  payload: 'json',
  state: 'plain',
  attempts: 'plain',
  runAt: 'plain',
  leaseUntil: 'plain',
  leaseOwner: 'plain',
  lastError: 'plain',
  createdAt: 'plain',
} as const satisfies Columns<Job>

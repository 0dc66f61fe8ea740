import type { CitizenKey, KeyChallenge } from '../model/citizen-key.ts'
import type { OwnKey } from '../model/own-key.ts'
import type { Preservation } from '../model/preservation.ts'
import type { SealCertificate } from '../model/seal.ts'
import type { TrustAnchor, TrustChange } from '../model/trust-anchor.ts'
import type { TrustProposal } from '../model/trust-proposal.ts'
import type { ListEdition, TrustedList } from '../model/trusted-list.ts'
import type { ValidationData } from '../model/validation-data.ts'
import type { Columns } from './codec.ts'

/** How what is trusted, kept provable and encrypted for lies in its tables. */

export const validationDataColumns = {
  id: 'plain',
  kind: 'plain',
  url: 'plain',
  certificate: 'plain',
  sha256: 'plain',
  fetchedAt: 'plain',
  freshUntil: 'plain',
} as const satisfies Columns<ValidationData>

export const preservationColumns = {
  id: 'plain',
  caseId: 'plain',
  seq: 'plain',
  manifestSha256: 'plain',
  tokenSha256: 'plain',
  at: 'plain',
  authority: 'plain',
  holdsUntil: 'plain',
  renewAt: 'plain',
  algorithms: 'json',
  validationData: 'json',
  createdAt: 'plain',
} as const satisfies Columns<Preservation>

export const anchorColumns = {
  sha256: 'plain',
  der: 'plain',
  subject: 'plain',
  purposes: 'json',
  source: 'plain',
  note: 'plain',
  addedAt: 'plain',
  addedBy: 'plain',
  disabledAt: 'plain',
  countsFrom: 'plain',
  countsUntil: 'plain',
  constraints: 'json',
  periods: 'json',
  listed: 'json',
} as const satisfies Columns<TrustAnchor>

export const trustedListColumns = {
  territory: 'plain',
  url: 'plain',
  signers: 'json',
  signer: 'plain',
  vouched: 'plain',
  services: 'json',
  operator: 'plain',
  sequence: 'plain',
  issuedAt: 'plain',
  nextUpdate: 'plain',
  sha256: 'plain',
  takenAt: 'plain',
  triedAt: 'plain',
  problem: 'plain',
} as const satisfies Columns<TrustedList>

export const listEditionColumns = {
  territory: 'plain',
  takenAt: 'plain',
  sequence: 'plain',
  issuedAt: 'plain',
  signer: 'plain',
  signers: 'json',
  services: 'json',
  sha256: 'plain',
} as const satisfies Columns<ListEdition>

export const trustChangeColumns = {
  id: 'plain',
  at: 'plain',
  actor: 'json',
  action: 'plain',
  sha256: 'plain',
  reason: 'plain',
  seq: 'plain',
} as const satisfies Columns<TrustChange>

export const proposalColumns = {
  id: 'plain',
  state: 'plain',
  steps: 'json',
  reason: 'plain',
  proposedBy: 'json',
  madeAt: 'plain',
  expiresAt: 'plain',
  trustStamp: 'plain',
  effects: 'json',
  settledAt: 'plain',
  settledBy: 'json',
  settledReason: 'plain',
} as const satisfies Columns<TrustProposal>

export const ownKeyColumns = {
  id: 'plain',
  kind: 'plain',
  state: 'plain',
  source: 'plain',
  certificate: 'plain',
  subject: 'plain',
  addresses: 'json',
  algorithm: 'plain',
  file: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
  stateSince: 'plain',
  reason: 'plain',
  backedUpAt: 'plain',
} as const satisfies Columns<OwnKey>

export const sealColumns = {
  sha256: 'plain',
  kind: 'plain',
  subject: 'plain',
  chain: 'plain',
  notBefore: 'plain',
  notAfter: 'plain',
  since: 'plain',
} as const satisfies Columns<SealCertificate>

export const citizenKeyColumns = {
  id: 'plain',
  address: 'plain',
  kind: 'plain',
  fingerprint: 'plain',
  certificate: 'plain',
  source: 'plain',
  proof: 'plain',
  state: 'plain',
  firstSeenAt: 'plain',
  lastSeenAt: 'plain',
  stateSince: 'plain',
} as const satisfies Columns<CitizenKey>

export const keyChallengeColumns = {
  id: 'plain',
  keyId: 'plain',
  caseId: 'plain',
  codeHash: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
  attemptsLeft: 'plain',
  usedAt: 'plain',
} as const satisfies Columns<KeyChallenge>

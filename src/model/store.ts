import type { Account, Invitation, Session } from './account.ts'
import type { ApiRequest, ApiToken } from './api-token.ts'
import type { ArchivePackage } from './archive-package.ts'
import type { Case, CaseToken, HistoryEntry, OneTimeCode, Party } from './case.ts'
import type { CitizenKey, KeyChallenge } from './citizen-key.ts'
import type { Document, Verification } from './document.ts'
import type { Job, JobKind } from './job.ts'
import type { Delivery, DeliveryEvidence, Letter } from './letter.ts'
import type { MailKeyKind, OwnKey } from './own-key.ts'
import type { Preservation, PreservationStatus, RenewalTime } from './preservation.ts'
import type { SealCertificate } from './seal.ts'
import type { Submission } from './submission.ts'
import type { Instant } from './time.ts'
import type { TrustAnchor, TrustChange } from './trust-anchor.ts'
import type { ProposalState, TrustProposal } from './trust-proposal.ts'
import type { ListEdition, TrustedList } from './trusted-list.ts'
import type { ValidationData } from './validation-data.ts'

/** What every read sees, inside a commit or outside. Missing rows are null, lists are in order of making. */
export interface Reader {
  submission(id: string): Promise<Submission | null>
  submissionsOfCase(caseId: string): Promise<readonly Submission[]>
  /** Newest first; by state where given. */
  listSubmissions(filter?: { readonly states?: readonly Submission['state'][] } & Page): Promise<readonly Submission[]>
  document(id: string): Promise<Document | null>
  documentsOfSubmission(submissionId: string): Promise<readonly Document[]>
  documentsOfCase(caseId: string): Promise<readonly Document[]>
  /** The newest report of each document asked for. */
  verificationsOf(documentIds: readonly string[]): Promise<readonly Verification[]>
  validationData(ids: readonly string[]): Promise<readonly ValidationData[]>
  /** The answer that came last to one question; null where none ever came. */
  newestValidationData(question: Pick<ValidationData, 'kind' | 'url' | 'certificate'>): Promise<ValidationData | null>
  /** A case's archive time-stamps, oldest first. */
  preservationsOfCase(caseId: string): Promise<readonly Preservation[]>
  /** Of the newest of each case: what they rest on, each combination once. */
  preservationAlgorithms(): Promise<readonly (readonly string[])[]>
  /** Cases whose newest time-stamp is to be renewed, those whose time came first in front. */
  preservationsDue(when: RenewalTime, limit: number): Promise<readonly string[]>
  /** Answered and archived cases that have none, oldest first. */
  casesWithoutPreservation(limit: number): Promise<readonly string[]>
  preservationStatus(when: RenewalTime): Promise<PreservationStatus>
  case(id: string): Promise<Case | null>
  caseByNumber(number: string): Promise<Case | null>
  /** Newest first; by state where given. */
  listCases(filter?: { readonly states?: readonly Case['state'][] } & Page): Promise<readonly Case[]>
  /** Open cases (with-caseworker) in queue order: digital first within the same due day, then by time of receipt. */
  queue(page?: Page): Promise<readonly Case[]>
  /** 1 for the case that is next; null where it is not in the queue. */
  queuePosition(caseId: string): Promise<number | null>
  /** Parties of open cases (with-caseworker, decided) with that address, written in lower case. */
  openPartiesWith(address: string): Promise<readonly Party[]>
  partiesOfCase(caseId: string): Promise<readonly Party[]>
  party(id: string): Promise<Party | null>
  /** Parties whose first mail bore this Message-ID, with its brackets; the newest first, at most ten. */
  partiesByMessageId(messageId: string): Promise<readonly Party[]>
  history(caseId: string): Promise<readonly HistoryEntry[]>
  token(tokenHash: string): Promise<CaseToken | null>
  tokensOfCase(caseId: string): Promise<readonly CaseToken[]>
  /** Tokens handed out before the case was there; they carry the case's id once it is. */
  tokensOfSubmission(submissionId: string): Promise<readonly CaseToken[]>
  oneTimeCode(caseId: string, browserHash: string): Promise<OneTimeCode | null>
  countOneTimeCodes(by: { readonly caseId?: string; readonly emailHash?: string }, since: Instant): Promise<number>
  letter(id: string): Promise<Letter | null>
  letterByCause(cause: string): Promise<Letter | null>
  lettersOfCase(caseId: string): Promise<readonly Letter[]>
  listLetters(page?: Page): Promise<readonly Letter[]>
  delivery(id: string): Promise<Delivery | null>
  /** What went out under this Message-ID, with its brackets. */
  deliveryByMessageId(messageId: string): Promise<Delivery | null>
  /** Mails that were planned to an address since then. */
  countMailsTo(address: string, since: Instant): Promise<number>
  deliveriesOfLetter(letterId: string): Promise<readonly Delivery[]>
  listDeliveries(filter?: { readonly states?: readonly Delivery['state'][] } & Page): Promise<readonly Delivery[]>
  evidenceOf(deliveryId: string): Promise<readonly DeliveryEvidence[]>
  account(id: string): Promise<Account | null>
  accountByUsername(username: string): Promise<Account | null>
  listAccounts(): Promise<readonly Account[]>
  invitation(tokenHash: string): Promise<Invitation | null>
  session(tokenHash: string): Promise<Session | null>
  apiTokens(): Promise<readonly ApiToken[]>
  apiToken(tokenHash: string): Promise<ApiToken | null>
  apiRequest(tokenId: string, keyHash: string): Promise<ApiRequest | null>
  /** The request that a submission came by. */
  apiRequestOf(submissionId: string): Promise<ApiRequest | null>
  /** Trusted lists that count, by territory. */
  trustedLists(): Promise<readonly TrustedList[]>
  /** Lists of a territory that count or counted, oldest first, as far as their documents are kept. */
  listEditions(territory: string): Promise<readonly ListEdition[]>
  listAnchors(): Promise<readonly TrustAnchor[]>
  anchor(sha256: string): Promise<TrustAnchor | null>
  /**
   * Of these SHA-256s (lower-case hex), those of certificates that a submission brought, or that its own certificates led to,
   * and of files that were attached to one; with the submission.
   */
  broughtIn(sha256s: readonly string[]): Promise<readonly { readonly sha256: string; readonly submissionId: string }[]>
  /** The municipality's keys for mail, in order of making. */
  /** Of the municipality's seals, in the order in which they came into use. */
  sealCertificates(): Promise<readonly SealCertificate[]>
  ownKeys(): Promise<readonly OwnKey[]>
  /** All that was ever seen for an address, written in lower case; of that kind where given. */
  citizenKeysOf(address: string, kind?: MailKeyKind): Promise<readonly CitizenKey[]>
  citizenKey(id: string): Promise<CitizenKey | null>
  listCitizenKeys(filter?: { readonly states?: readonly CitizenKey['state'][] } & Page): Promise<readonly CitizenKey[]>
  /** The codes that went out encrypted in a case. */
  keyChallengesOf(caseId: string): Promise<readonly KeyChallenge[]>
  /** The codes by which a citizen's key was proven, in whichever case; the first one first. */
  metChallengesOf(keyId: string): Promise<readonly KeyChallenge[]>
  /** The newest alone where only that is asked for. */
  listTrustChanges(page?: { readonly newestOnly?: boolean }): Promise<readonly TrustChange[]>
  proposal(id: string): Promise<TrustProposal | null>
  listProposals(states: readonly ProposalState[]): Promise<readonly TrustProposal[]>
  packagesOfCase(caseId: string): Promise<readonly ArchivePackage[]>
  listPackages(page?: Page): Promise<readonly ArchivePackage[]>
  /** JSON value of a setting, e.g. closing-days, municipality-keys; null where unset. */
  setting(name: string): Promise<unknown>
  listJobs(
    filter?: { readonly states?: readonly Job['state'][]; readonly kinds?: readonly JobKind[] } & Page,
  ): Promise<readonly Job[]>
  /** The chain of what was done to the gateway itself, in order; the newest alone where only that is asked for. */
  adminHistory(page?: Page & { readonly newestOnly?: boolean }): Promise<readonly HistoryEntry[]>
  /** What waits for a person: dead letters among the jobs, and letters of unanswered cases that reached nobody. */
  countStuck(): Promise<{ readonly deadJobs: number; readonly unsentLetters: number }>
  /** How many cases rest on each anchor: of a document's newest verdict a path ends there. Anchors of none are left out. */
  casesByAnchor(): Promise<readonly CasesOfAnchor[]>
  countCases(): Promise<number>
}

export interface CasesOfAnchor {
  readonly sha256: string
  /** Cases that wait for a caseworker. */
  readonly open: number
  readonly all: number
}

export interface Page {
  readonly limit?: number
  readonly offset?: number
}

/** Writes within one commit: all of them are on disk when the commit returns, or none. */
export interface Writer extends Reader {
  addSubmission(row: Submission): Promise<void>
  updateSubmission(id: string, change: Partial<Omit<Submission, 'id'>>): Promise<void>
  addDocument(row: Document): Promise<void>
  updateDocument(id: string, change: { readonly caseId: string }): Promise<void>
  addVerification(row: Verification): Promise<void>
  addValidationData(row: ValidationData): Promise<void>
  addPreservation(row: Preservation): Promise<void>
  /** Gives the next serial of that year, counting from 1, without gaps within committed rows. */
  nextCaseSerial(year: number): Promise<number>
  addCase(row: Case): Promise<void>
  updateCase(id: string, change: Partial<Omit<Case, 'id' | 'number'>>): Promise<void>
  addParty(row: Party): Promise<void>
  updateParty(id: string, change: Partial<Omit<Party, 'id' | 'caseId'>>): Promise<void>
  /** The chain's next link is computed by model/history.ts and stored as given; seq is unique per case. */
  addHistory(row: HistoryEntry): Promise<void>
  /** The same for the gateway's own chain: caseId is ADMINISTRATION. */
  addAdminHistory(row: HistoryEntry): Promise<void>
  addToken(row: CaseToken): Promise<void>
  updateToken(
    tokenHash: string,
    change: { readonly caseId?: string; readonly revokedAt?: Instant; readonly expiresAt?: Instant },
  ): Promise<void>
  addOneTimeCode(row: OneTimeCode): Promise<void>
  updateOneTimeCode(id: string, change: { readonly attemptsLeft?: number; readonly usedAt?: Instant }): Promise<void>
  /** Returns false, and writes nothing, where a letter of that cause is there already. */
  addLetter(row: Letter): Promise<boolean>
  /** Of a letter only a code that is not to stay is ever taken out. */
  updateLetter(id: string, change: Pick<Letter, 'bodyText'>): Promise<void>
  addDelivery(row: Delivery): Promise<void>
  updateDelivery(id: string, change: Partial<Omit<Delivery, 'id' | 'letterId' | 'caseId'>>): Promise<void>
  addEvidence(row: DeliveryEvidence): Promise<void>
  addAccount(row: Account): Promise<void>
  updateAccount(id: string, change: Partial<Omit<Account, 'id'>>): Promise<void>
  addInvitation(row: Invitation): Promise<void>
  useInvitation(tokenHash: string, usedAt: Instant): Promise<boolean>
  addApiToken(row: ApiToken): Promise<void>
  /** False: there is none in force. */
  revokeApiToken(id: string, revokedAt: Instant): Promise<boolean>
  noteApiTokenUse(id: string, at: Instant): Promise<void>
  /** False: the key was used before. */
  addApiRequest(row: ApiRequest): Promise<boolean>
  settleApiRequest(tokenId: string, keyHash: string, submissionId: string): Promise<void>
  addSession(row: Session): Promise<void>
  removeSession(tokenHash: string): Promise<void>
  removeSessionsOf(accountId: string): Promise<void>
  /** Adds the list of a territory, or puts it in place of the one before. */
  putTrustedList(row: TrustedList): Promise<void>
  removeTrustedList(territory: string): Promise<void>
  /** The same again is nothing, and so is one whose document is not among the blobs. */
  addListEdition(row: ListEdition): Promise<void>
  /** The same again is nothing. */
  addBroughtCertificates(documentId: string, sha256s: readonly string[]): Promise<void>
  addAnchor(row: TrustAnchor): Promise<void>
  updateAnchor(
    sha256: string,
    change: {
      readonly disabledAt?: Instant | null
      readonly note?: string
      readonly purposes?: TrustAnchor['purposes']
      readonly source?: string
      readonly countsFrom?: Instant | null
      readonly countsUntil?: Instant | null
      readonly constraints?: TrustAnchor['constraints']
      readonly periods?: TrustAnchor['periods']
      readonly listed?: TrustAnchor['listed']
    },
  ): Promise<void>
  removeAnchor(sha256: string): Promise<void>
  addTrustChange(row: TrustChange): Promise<void>
  addSealCertificate(row: SealCertificate): Promise<void>
  addOwnKey(row: OwnKey): Promise<void>
  updateOwnKey(id: string, change: Partial<Omit<OwnKey, 'id' | 'kind'>>): Promise<void>
  removeOwnKey(id: string): Promise<void>
  addCitizenKey(row: CitizenKey): Promise<void>
  updateCitizenKey(
    id: string,
    change: Partial<Omit<CitizenKey, 'id' | 'address' | 'kind' | 'fingerprint'>>,
  ): Promise<void>
  addKeyChallenge(row: KeyChallenge): Promise<void>
  updateKeyChallenge(id: string, change: { readonly attemptsLeft?: number; readonly usedAt?: Instant }): Promise<void>
  addProposal(row: TrustProposal): Promise<void>
  updateProposal(id: string, change: Partial<Omit<TrustProposal, 'id' | 'steps' | 'proposedBy'>>): Promise<void>
  /** Removes drafts that ran out before then: nobody confirmed them. */
  removeDrafts(before: Instant): Promise<void>
  addPackage(row: ArchivePackage): Promise<void>
  updatePackage(id: string, change: Partial<Omit<ArchivePackage, 'id' | 'caseId'>>): Promise<void>
  setSetting(name: string, value: unknown): Promise<void>
  /** Adds a job, or does nothing where one of that kind and key is there. */
  addJob(kind: JobKind, key: string, payload: Job['payload'], runAt?: Instant): Promise<void>
  /** Marks a leased job done; returns false where the lease is no longer ours (then throw: the commit must not stand). */
  finishJob(job: Job): Promise<boolean>
  /** Puts a small blob into this very commit, or says that the large one, written by blobs.put, is now referred to. */
  keepBlob(blob: BlobRef): Promise<void>
}

/** Bytes that lie in the store: small ones travel in the commit, large ones are on disk and flushed already. */
export interface BlobRef {
  readonly sha256: string
  readonly size: number
  /** Present while the bytes still have to go into the database with the commit. */
  readonly inline: Uint8Array | null
}

export interface Blobs {
  /** Takes bytes; large ones are written and flushed before this returns. Keep the reference in a commit. */
  put(bytes: Uint8Array): Promise<BlobRef>
  /** The same for bytes that come in pieces; refuses with "too-large" beyond maxBytes and leaves nothing behind. */
  putStream(pieces: AsyncIterable<Uint8Array>, maxBytes: number): Promise<BlobRef>
  /** Gives the bytes. @throws GatewayError not-found; internal where they no longer match their SHA-256. */
  get(sha256: string): Promise<Uint8Array>
  has(sha256: string): Promise<boolean>
}

export interface JobQueue {
  /** Leases up to limit jobs that are due, oldest first; a lease that ran out is due again. */
  lease(owner: string, kinds: readonly JobKind[], limit: number, leaseMs: number): Promise<readonly Job[]>
  /** Keeps the lease for that long from now, or for as long as it holds anyway; false where it is lost. */
  extend(job: Job, leaseMs: number): Promise<boolean>
  /**
   * Puts a failed job back with backoff. To dead letters goes what is not retryable, was tried too often, or, where a
   * relay, an archive or the storage was away, is five days old; "internal" is tried a few times before.
   */
  fail(
    job: Job,
    fault: { readonly code: string; readonly message: string; readonly retryable: boolean },
  ): Promise<'ready' | 'dead'>
  /** A person's retry of a dead letter: ready at once, its tries and its age from 0; attempts go on. */
  retry(jobId: string): Promise<boolean>
  /** Frees what this owner had leased: called at start for what a kill left (owner names are per data folder and node). */
  release(owner: string): Promise<number>
  /** Called when a commit added jobs, in this process. Returns the way to stop listening. */
  onWork(listener: () => void): () => void
}

export interface Store extends Reader {
  readonly engine: 'sqlite' | 'postgres'
  readonly blobs: Blobs
  readonly jobs: JobQueue
  /**
   * The one write that many callers wait for: a submission with its raw bytes and its job "normalise", in one
   * durable commit shared with whoever else is waiting. Where the dedupKey is known already, nothing is written
   * and that submission's id comes back. @throws GatewayError storage-unavailable, storage-full (retryable)
   */
  accept(
    submission: Submission,
    raw: BlobRef,
    tokens?: readonly CaseToken[],
  ): Promise<{ readonly id: string; readonly duplicate: boolean }>
  /** Runs the work in one transaction and returns when it is durable; throws what the work throws, nothing written then. */
  commit<T>(work: (write: Writer) => Promise<T>): Promise<T>
  close(): Promise<void>
}

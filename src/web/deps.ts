import type { Actor, Case, HistoryEntry, Party } from '../model/case.ts'
import type { CitizenKey, CitizenKeyTimes } from '../model/citizen-key.ts'
import type { KeyWarning, OwnKey } from '../model/own-key.ts'
import type { Log } from '../model/ports.ts'
import type { PreservationFacts } from '../model/preservation.ts'
import type { VerificationReport } from '../model/report.ts'
import type { SealFacts } from '../model/seal.ts'
import type { Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import type { Clock, Day, Instant, Language } from '../model/time.ts'
import type { AnchorPurpose } from '../model/trust-anchor.ts'
import type { PolicyReview, TrustProposal } from '../model/trust-proposal.ts'
import type { WantedList } from '../model/trusted-list.ts'
import type { AnchorWords, CandidateAnchors, CatalogueAnchor, PlannedTrust, WantedTrust } from './trust-deps.ts'

export type {
  AnchorWords,
  CandidateAnchor,
  CandidateAnchors,
  CatalogueAnchor,
  ConcernedAnchor,
  PlannedTrust,
  WantedTrust,
} from './trust-deps.ts'

export type StepId = 'received' | 'checked' | 'with-caseworker' | 'answered' | 'archived'

/** One step on a case's way, as a parcel's: done with its time, current, or still waiting. */
export interface ParcelStep {
  readonly id: StepId
  readonly state: 'done' | 'current' | 'waiting'
  readonly at: Instant | null
}

/** Where a case stands, in words that need no proof of who asks. */
export interface CaseStatus {
  readonly steps: readonly ParcelStep[]
  /** 1 for the case that is next; null where it is not in the queue. */
  readonly queuePosition: number | null
  readonly dueOn: Day
  /** Working days until the answer is due; 0 today, negative where we are late. Null once answered. */
  readonly workingDaysLeft: number | null
}

/** A verdict in words that a citizen understands. */
export interface VerdictWords {
  readonly headline: string
  readonly details: readonly string[]
  readonly whatToDo: string | null
  /** The file bears seals of organisations alone, and no person's signature. */
  readonly sealed?: boolean
}

/** A verdict as a file: a sheet to read and file, ETSI TS 119 102-2, or all of it as data. */
export type ReportFormat = 'pdf' | 'xml' | 'json'

/** A multipart form, read. Names of files are as the browser sent them: never use them as paths. */
export interface SentForm {
  readonly fields: Readonly<Record<string, string>>
  readonly files: readonly { readonly field: string; readonly name: string; readonly bytes: Uint8Array }[]
}

/** What a citizen may do about a key in their case. */
export interface KeyChoice {
  /** Fingerprint of the key that answers are encrypted to now; null: none. */
  readonly inForce: string | null
  /** Fingerprint of the key whose code is waited for; null: none is. */
  readonly asked: string | null
}

export interface Upload {
  readonly contentType: string
  readonly body: AsyncIterable<Uint8Array>
  /** Minted with the form: two hand-overs of one form are one submission. */
  readonly nonce: string
  /** Minted with the form and kept by the browser: what the tracking link is made of. */
  readonly trackingSecret: string
  readonly remoteAddress: string | null
  readonly language: Language
  /** Where another system sent it: claims the key that it chose for what it sent, before anything is accepted. */
  readonly claim?: (digest: string) => Promise<void>
}

/** A form by which a citizen adds to a case; the case is the session's, never the form's. */
export interface Addition extends Omit<Upload, 'trackingSecret'> {
  readonly caseId: string
}

/** How a citizen gets the answer (null: nothing chosen), and how else they may have it. */
export interface ChannelChoice {
  readonly chosen: Party['chosenChannel']
  readonly offered: readonly Party['chosenChannel'][]
}

/** A decision at the page. seen: nameSeenDocuments of what the page showed. */
export interface Decide {
  readonly caseId: string
  readonly actor: Actor
  readonly seen?: string
}

export interface DemoHints {
  readonly signIns: readonly { readonly who: string; readonly username: string; readonly password: string }[]
  /** Citizens of the demo: the page that they follow, the address that they prove, and where their code is read. */
  readonly citizens?: readonly {
    readonly who: string
    readonly email: string
    readonly trackingHref: string
    readonly codeHref: string
  }[]
  readonly links: readonly { readonly label: Readonly<Record<Language, string>>; readonly href: string }[]
}

/** What the pages get handed in: the store's reads, and what other rooms do. */
export interface WebDeps {
  readonly settings: Settings
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  caseStatus(caseId: string): Promise<CaseStatus>
  /** Working days from today until that day; negative where it is past. */
  workingDaysLeft(dueOn: Day): Promise<number>
  /** @throws GatewayError wrong-state where the case is decided already, or (fact documentsChanged) grew meanwhile */
  approve(decision: Decide & { readonly reason?: string }): Promise<unknown>
  /** @throws GatewayError wrong-state as approve, invalid-request without a reason */
  reject(decision: Decide & { readonly reason: string }): Promise<unknown>
  /** Gives the number as it is written, or null where it is none. */
  parseCaseNumber(typed: string): string | null
  /** Gives the case that goes on. @throws GatewayError not-found, invalid-request, wrong-state (facts documentsChanged, stillChecking) */
  joinCases(join: {
    readonly caseId: string
    readonly into: string
    readonly seen: string
    readonly actor: Actor
  }): Promise<Case>
  /** Whether the decision reached nobody, so that a person must tell the citizen. */
  isUntold(caseId: string): Promise<boolean>
  /** @throws GatewayError wrong-state where the citizen was told, or may still be; invalid-request without a note */
  settleToldOtherwise(told: { readonly caseId: string; readonly note: string; readonly actor: Actor }): Promise<unknown>
  /** Sends a code where the address is proven in this case, and does nothing else otherwise. @throws GatewayError rate-limited */
  requestCode(ask: { readonly caseId: string; readonly email: string; readonly browserId: string }): Promise<unknown>
  /** @throws GatewayError wrong-code, gone (too late, used, or too many tries), rate-limited */
  redeemCode(ask: { readonly caseId: string; readonly code: string; readonly browserId: string }): Promise<unknown>
  /** Null where the token is unknown, expired or revoked: no difference is told. */
  lookUpTracking(
    token: string,
  ): Promise<{ readonly caseId: string | null; readonly submissionId: string | null } | null>
  lookUpGenuine(token: string): Promise<{ readonly caseId: string } | null>
  /** Stores the raw form durably before it returns. @throws GatewayError too-large, storage-unavailable, storage-full */
  acceptUpload(
    upload: Upload,
  ): Promise<{ readonly submissionId: string; readonly duplicate: boolean; readonly trackingToken: string | null }>
  /** The same for what is added to a case. @throws GatewayError wrong-state where that is decided already */
  acceptAddition(addition: Addition): Promise<{ readonly submissionId: string }>
  /** Takes back every tracking link of a case; gives how many. @throws GatewayError not-found, invalid-request */
  revokeLinks(ask: { readonly caseId: string; readonly reason: string; readonly actor: Actor }): Promise<number>
  /** Whom a new link can be sent to by mail, and its letter's number. */
  newLinkChoice(caseId: string): Promise<{ readonly parties: readonly Party[]; readonly number: number }>
  /** The same number twice is one letter. @throws GatewayError not-found, forbidden (no mail reaches that party) */
  sendNewLink(ask: {
    readonly caseId: string
    readonly partyId: string
    readonly number: number
    readonly actor: Actor
  }): Promise<unknown>
  /** Null where there is nothing to choose (any more). */
  channelChoice(caseId: string): Promise<ChannelChoice | null>
  /** @throws GatewayError wrong-state, forbidden for a way that is not offered */
  /** What a citizen may do about a key in their case; null: nothing. */
  keyChoice(caseId: string): Promise<KeyChoice | null>
  /** Sends a code that is encrypted to the key. @throws GatewayError key-unusable, wrong-state, rate-limited */
  offerKey(offer: { readonly caseId: string; readonly key: Uint8Array }): Promise<unknown>
  /** Says whether the key counts from now on. @throws GatewayError wrong-code, gone */
  proveKey(proof: { readonly caseId: string; readonly code: string }): Promise<{ readonly counts: boolean }>
  chooseChannel(choice: { readonly caseId: string; readonly channel: Party['chosenChannel'] }): Promise<unknown>
  /** Reads a small multipart form. @throws GatewayError invalid-request, malformed-mime, too-many-parts */
  readForm(contentType: string, body: Uint8Array): SentForm | Promise<SentForm>
  preservationFacts(): Promise<PreservationFacts>
  /** A caseworker is told levels and times too, and what a caseworker can do. */
  describeVerdict(
    report: VerificationReport,
    language: Language,
    reader: 'citizen' | 'caseworker' | 'visitor',
  ): VerdictWords
  reportOf(documentId: string): Promise<VerificationReport | null>
  /** Writes a report as a file. @param about.caseNumber null for a file that came with no case */
  writeReport(
    report: VerificationReport,
    format: ReportFormat,
    about: { readonly language: Language; readonly caseNumber: string | null; readonly judgedAt: Instant },
  ): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array }>
  describeRoute(reason: string, language: Language): string
  /** Null where the bytes are no certificate that can be read. */
  describeAnchor(der: Uint8Array, language: Language): AnchorWords | null
  /**
   * Keeps a change of trust that an admin thinks of; gives its id. Nothing of trust changes.
   * @throws GatewayError invalid-request, malformed-der, private-key-refused, unreadable-input, too-large, too-many-parts,
   * not-a-ca, duplicate (nothing in it is new), wrong-fingerprint, wrong-state, not-found, managed-by-configuration
   */
  planTrust(ask: { readonly wanted: WantedTrust; readonly reason: string; readonly actor: Actor }): Promise<string>
  /**
   * The same of trusted lists, which are fetched and verified for it.
   * @throws GatewayError list-refused, invalid-request, wrong-fingerprint, fetch-failed, fetch-refused
   */
  planLists(ask: { readonly wanted: WantedList; readonly reason: string; readonly actor: Actor }): Promise<string>
  /** @throws GatewayError not-found, gone */
  plannedTrust(ask: { readonly id: string; readonly actor: Actor; readonly language: Language }): Promise<PlannedTrust>
  /** A change of policy that open cases' verdicts do not follow yet; null: none. */
  policyReview(): Promise<PolicyReview | null>
  /** Proposals that wait for another admin. */
  openProposals(): Promise<readonly TrustProposal[]>
  /**
   * @param ask.seen the state of trust by which the page told the effects
   * @throws GatewayError not-found, gone, forbidden (no admin, or not another one), and as planTrust
   */
  confirmTrust(ask: {
    readonly id: string
    readonly seen: string
    readonly actor: Actor
  }): Promise<'carried-out' | 'proposed' | 'changed-meanwhile'>
  declineTrust(ask: { readonly id: string; readonly reason: string; readonly actor: Actor }): Promise<unknown>
  /**
   * Judges a file by the list in force, and by the list as it would be after a planned change or with these certificates;
   * keeps nothing of it. @throws GatewayError as planTrust and plannedTrust; child-timeout, child-memory, child-crashed
   */
  testFile(ask: {
    readonly bytes: Uint8Array
    readonly name: string
    readonly planned:
      | { readonly change: string }
      | { readonly certificates: Uint8Array; readonly purposes: readonly AnchorPurpose[] }
      | null
    readonly actor: Actor
  }): Promise<{ readonly present: VerificationReport; readonly planned: VerificationReport | null }>
  candidateAnchors?(caseId: string): Promise<CandidateAnchors>
  /** CAs that come with the product; none counts before an admin enables it. @throws GatewayError configuration */
  catalogue?(): Promise<readonly CatalogueAnchor[]>
  /** The municipality's OpenPGP certificate in force, armoured; null where there is none. */
  municipalityPublicKey(): Promise<{ readonly armored: string; readonly fingerprint: string } | null>
  /** The municipality's keys for mail, in the order in which they came, with what to warn of. */
  ownKeys(): Promise<readonly { readonly key: OwnKey; readonly warnings: readonly KeyWarning[] }[]>
  /** When a citizen's key was proven by a code, and when it ends. */
  citizenKeyTimes(key: CitizenKey): Promise<CitizenKeyTimes>
  /** @throws GatewayError not-found, invalid-request, wrong-state */
  withdrawCitizenKey(ask: { readonly id: string; readonly reason: string; readonly actor: Actor }): Promise<void>
  /** The municipality's seal. */
  sealFacts(): Promise<SealFacts>
  /** Gives how long a trial took, in milliseconds. @throws GatewayError key-unusable, seal-unavailable, missing-package */
  testSeal(): Promise<number>
  retryJob(jobId: string): Promise<boolean>
  /** Makes a case of what was set aside. @throws GatewayError wrong-state */
  takeUp(wanted: { readonly submissionId: string; readonly actor: Actor }): Promise<void>
  findBrokenLink(history: readonly HistoryEntry[]): number | null
  verifyFile(bytes: Uint8Array, fileName: string): Promise<VerificationReport>
  demoHints?(): DemoHints
}

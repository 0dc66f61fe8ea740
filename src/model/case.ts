import type { IntakeChannel } from './submission.ts'
import type { Day, Instant, Language } from './time.ts'

/**
 * with-caseworker → decided → answered → archived. What came before lies in the submission's states.
 * joined: a person put it into another case; nothing becomes of it any more.
 */
export type CaseState = 'with-caseworker' | 'decided' | 'answered' | 'archived' | 'joined'
export type Decision = 'approved' | 'rejected'

export interface Case {
  readonly id: string
  /** Shown to people, e.g. 2026-000123-7: year, serial, check character. */
  readonly number: string
  readonly caseType: string
  readonly title: string
  readonly state: CaseState
  readonly channel: IntakeChannel
  readonly language: Language
  readonly receivedAt: Instant
  readonly checkedAt: Instant
  readonly dueOn: Day
  /** The worst verdict over the documents that count; NO-SIGNATURE where none is signed. */
  readonly indication: string
  readonly decision: Decision | null
  readonly decidedAt: Instant | null
  readonly decidedBy: string | null
  readonly decisionReason: string | null
  readonly answeredAt: Instant | null
  readonly archivedAt: Instant | null
}

/** Somebody in a case. */
export interface Party {
  readonly id: string
  readonly caseId: string
  readonly role: 'sender' | 'party' | 'representative'
  readonly name: string | null
  /** Lower-cased domain, as written before the @. Null where the page was used without one. */
  readonly email: string | null
  /** How we know that the address is theirs; null: only claimed. */
  readonly emailProof: 'dmarc' | 'openpgp' | 'smime' | 'code' | null
  /** RFC 3834 and backscatter: may mail be answered to this address at all; the reason if not. */
  readonly mayAnswer: boolean
  readonly mayNotAnswerReason: string | null
  /** They wrote encrypted: whoever did is never answered in plaintext. */
  readonly wroteEncrypted: boolean
  /** The OpenPGP certificate that counts for answers (armoured), and where it came from. */
  readonly openpgpKey: string | null
  readonly openpgpFingerprint: string | null
  readonly openpgpSource: 'attached' | 'autocrypt' | 'uploaded' | 'wkd' | null
  /** Chosen in writing by the recipient; null: nothing chosen. */
  readonly chosenChannel: 'openpgp-mail' | 'plain-mail' | 'pickup' | null
  /** The Message-ID that an answer goes In-Reply-To. */
  readonly replyToMessageId: string | null
}

/** Who did something: a person by account, a citizen by case, or the gateway. */
export interface Actor {
  readonly kind: 'system' | 'caseworker' | 'admin' | 'citizen'
  readonly id: string | null
  readonly name: string | null
}

/** One link of a case's append-only history. */
export interface HistoryEntry {
  readonly caseId: string
  readonly seq: number
  readonly at: Instant
  readonly actor: Actor
  readonly event: string
  /** Null once erased by right; the chain still holds, for it runs over payloadHash. */
  readonly payload: Readonly<Record<string, unknown>> | null
  readonly salt: string | null
  readonly payloadHash: string
  readonly previousHash: string
  readonly hash: string
}

/** What a tracking link or genuineness link opens. */
export interface CaseToken {
  readonly tokenHash: string
  readonly kind: 'tracking' | 'genuine'
  /** The submission is known before the case is. */
  readonly submissionId: string | null
  readonly caseId: string | null
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly revokedAt: Instant | null
}

/** A one-time code that a citizen asked for. */
export interface OneTimeCode {
  readonly id: string
  readonly caseId: string
  /** HMAC or salted hash; the code itself is never stored. */
  readonly codeHash: string
  readonly emailHash: string
  /** Hash of the cookie of the browser that asked. */
  readonly browserHash: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly attemptsLeft: number
  readonly usedAt: Instant | null
}

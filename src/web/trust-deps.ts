import type { GatewayError } from '../model/errors.ts'
import type { FileIndication } from '../model/report.ts'
import type { Day, Instant } from '../model/time.ts'
import type { AnchorConstraints, AnchorPurpose, WrittenConstraints } from '../model/trust-anchor.ts'
import type { PlannedList, TrustProposal } from '../model/trust-proposal.ts'

/** A certificate that came with a waiting case and could be an anchor. It is trusted for nothing. */
export interface CandidateAnchor {
  readonly sha256: string
  readonly subject: string
  readonly issuer: string
  readonly notBefore: Instant
  readonly notAfter: Instant
  /** Kind and size: "RSA 2048". */
  readonly key: string
  readonly isCa: boolean
  readonly selfSigned: boolean
  readonly der: Uint8Array
  /** The document that it came with, and who signed that. */
  readonly document: string
  readonly signer: string
  /** The document's verdict if the certificate were an anchor; null where it cannot be judged. */
  readonly wouldBe: FileIndication | null
}

/** What a case's PDFs offer as anchors, CAs first; and signers whose issuer's certificate is not in the file. */
export interface CandidateAnchors {
  readonly anchors: readonly CandidateAnchor[]
  readonly missing: readonly {
    readonly issuer: string
    readonly signer: string
    readonly document: string
    readonly urls: readonly string[]
  }[]
}

/** A certificate's key, validity and what to know before it is trusted, in words. */
export interface AnchorWords {
  readonly key: string
  readonly validFrom: Instant
  readonly validTo: Instant
  /** May it be an anchor? */
  readonly fit: boolean
  readonly warnings: readonly string[]
}

/** What an admin wants of trust, as a form says it. */
export type WantedTrust =
  | {
      readonly kind: 'file'
      readonly bytes: Uint8Array
      readonly purposes: readonly AnchorPurpose[]
      /** It counts in what is judged within these only; null: no such end. */
      readonly countsFrom: Instant | null
      readonly countsUntil: Instant | null
      readonly constraints: WrittenConstraints
      /** Fingerprints from another source, one a line; asked for where a certificate came with a submission. */
      readonly typedFingerprint?: string
    }
  | {
      /** A certificate of an open case's own submission. */
      readonly kind: 'candidate'
      readonly caseId: string
      readonly sha256: string
      /** As the admin typed it. */
      readonly typedFingerprint: string
      readonly purposes: readonly AnchorPurpose[]
      readonly constraints: WrittenConstraints
    }
  | { readonly kind: 'catalogue'; readonly id: string }
  | { readonly kind: 'policy'; readonly policy: string }
  | { readonly kind: 'disable' | 'enable' | 'remove'; readonly sha256: string }
  | { readonly kind: 'limit'; readonly sha256: string; readonly constraints: WrittenConstraints }

/** One certificate that a planned change is about. */
export interface ConcernedAnchor {
  readonly does: 'add' | 'disable' | 'enable' | 'remove' | 'limit'
  readonly sha256: string
  readonly subject: string
  /** To be added, and an anchor already: stays as it is. */
  readonly present: boolean
  readonly purposes: readonly AnchorPurpose[]
  readonly countsFrom: Instant | null
  readonly countsUntil: Instant | null
  readonly constraints: AnchorConstraints | null
  readonly words: AnchorWords | null
}

/** A planned change of trust with what it is about and what it would do. */
export interface PlannedTrust {
  readonly proposal: TrustProposal
  readonly anchors: readonly ConcernedAnchor[]
  readonly lists: readonly PlannedList[]
  /** Why it would be refused now: another change came before it. Null: it would not be. */
  readonly obstacle: GatewayError | null
}

/** A CA in the product's catalogue: what it is, and where its fingerprint comes from. */
export interface CatalogueAnchor {
  readonly id: string
  readonly subject: string
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string
  readonly source: { readonly url: string; readonly takenOn: Day; readonly confirmedBy: string }
  readonly purposes: readonly AnchorPurpose[]
  readonly note: string
  readonly certificate: { readonly der: Uint8Array }
}

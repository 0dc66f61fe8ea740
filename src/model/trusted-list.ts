import type { Qualified } from '../verify/report/report.ts'
import type { ListedService } from '../verify/x509/listed-service.ts'
import type { Instant } from './time.ts'
import type { AnchorPurpose } from './trust-anchor.ts'

/** Kinds of services that are taken from lists: CAs for qualified certificates, and qualified time-stamping (TS 119 612 §5.5.1.1). */
export type ListService = 'CA/QC' | 'TSA/QTST'

/** A time during which the supervisor's word held, see AnchorPeriod. */
export interface StatedPeriod {
  readonly from: Instant
  readonly until: Instant | null
}

/** One certificate of a list's services. */
export interface ListEntry {
  /** DER, base64. */
  readonly certificate: string
  readonly purposes: readonly AnchorPurpose[]
  readonly periods: readonly StatedPeriod[]
  /** What the list says of certificates below it; none of a time-stamping service. */
  readonly listed: readonly ListedService[]
  /** Provider and service as the list names them. */
  readonly provider: string
  readonly service: string
}

/**
 * Who says who may sign a list: the list of the lists; its former edition, of a newer one; the certificates that come with the
 * product, of the first; or a fingerprint that an admin typed from another source.
 */
export type ListVouching = 'list-of-lists' | 'former' | 'shipped' | 'typed-fingerprint'

/** What is known of a list that was verified. */
export interface ListFacts {
  /** ISO 3166 as the list has it ("DK", "EL"); "EU" for the list of the lists. */
  readonly territory: string
  /** Where it is fetched again; null: it came as a file. By the list of the lists, unless a fingerprint was typed. */
  readonly url: string | null
  /** Certificates that may sign it next, DER, base64. */
  readonly signers: readonly string[]
  /** SHA-256 of the certificate that signed it. */
  readonly signer: string
  /** Null: it was not noted then. */
  readonly vouched: ListVouching | null
  /** Chosen kinds; none for the list of the lists. */
  readonly services: readonly ListService[]
  readonly operator: string
  readonly sequence: number
  readonly issuedAt: Instant
  /** Null: it is closed. */
  readonly nextUpdate: Instant | null
  /** Of the document. */
  readonly sha256: string
}

/** A list that counts, and how it was looked after. */
export interface TrustedList extends ListFacts {
  readonly takenAt: Instant
  readonly triedAt: Instant
  /** Why the newest try was in vain; null: it was not. */
  readonly problem: string | null
}

/** A list that counted, with its document among the blobs: what it said can be read again when others have followed it. */
export interface ListEdition
  extends Pick<ListFacts, 'territory' | 'sequence' | 'issuedAt' | 'signer' | 'signers' | 'services' | 'sha256'> {
  /** Since when it counted, until the next one did or it was dropped. */
  readonly takenAt: Instant
}

/** Whether a CA above a certificate stands on one of the lists in use. */
export type Listing =
  | { readonly state: 'no-lists' }
  | { readonly state: 'not-listed' }
  | {
      readonly state: 'listed'
      readonly territory: string
      /** The country vouches for it now. */
      readonly isInForce: boolean
      /** What a signature by the certificate would be now; null where the country does not vouch for the CA. */
      readonly level: Qualified['level'] | null
    }

/** What the list of the lists is called in `territory`. */
export const LIST_OF_LISTS = 'EU'

/** What an admin wants of trusted lists, before it is a change. */
export type WantedList =
  | { readonly kind: 'territory'; readonly territory: string; readonly services: readonly ListService[] }
  | {
      readonly kind: 'files'
      /** The list of the lists; null: the national list's signer is named by `typedFingerprint`. */
      readonly lists: Uint8Array | null
      /** Former lists of the lists that lead to who signed this one, in any order; those that are missing are fetched. */
      readonly pivots: readonly Uint8Array[]
      readonly list: Uint8Array
      readonly typedFingerprint: string | null
      readonly services: readonly ListService[]
    }
  | {
      /** A list that the list of the lists does not name: followed by its own address. */
      readonly kind: 'address'
      readonly url: string
      readonly typedFingerprint: string
      readonly services: readonly ListService[]
    }
  | { readonly kind: 'drop'; readonly territory: string }

/** What certificates of a listed service are for (ETSI TS 119 612 clause 5.5.9.4). */
export type CertificateUse = 'signature' | 'seal' | 'website'

/** A test that a certificate meets or not (TS 119 612 clause 5.5.9.2.2); unknown: one that we cannot make. */
export type Criterion =
  | { readonly test: 'key-usage'; readonly bits: Readonly<Record<string, boolean>> }
  | { readonly test: 'policies' | 'extended-key-usage' | 'subject-attributes'; readonly oids: readonly string[] }
  | { readonly test: 'all' | 'any' | 'none'; readonly of: readonly Criterion[] }
  | { readonly test: 'unknown' }

/** What a list says of those of a service's certificates that meet a criterion (TS 119 612 clause 5.5.9.2). */
export interface Qualification {
  /** The last word of each qualifier's address, as "QCWithQSCD". */
  readonly qualifiers: readonly string[]
  readonly criterion: Criterion
}

/** A time during which a CA's supervisor vouched for it, with what the list said of its certificates then. */
export interface ListedStatus {
  /** ISO 8601, UTC; the end is exclusive, null: still. */
  readonly from: string
  readonly until: string | null
  readonly uses: readonly CertificateUse[]
  readonly qualifications: readonly Qualification[]
}

/** A service that issues qualified certificates (CA/QC) or qualified time-stamps (TSA/QTST), as a trusted list has it. */
export interface ListedService {
  /** Absent: certificates. */
  readonly issues?: 'time-stamps'
  /** Of the list: "DK". */
  readonly territory: string
  readonly statuses: readonly ListedStatus[]
}

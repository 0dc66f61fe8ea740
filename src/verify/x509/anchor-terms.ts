import type { Certificate } from './certificate.ts'
import { attributeTexts } from './distinguished-name.ts'
import type { GeneralName } from './general-name.ts'
import type { ListedService } from './listed-service.ts'
import { addConstraints, type ConstraintState, claimedNames, NO_CONSTRAINTS } from './name-constraints.ts'
import { matchName } from './name-subtree.ts'
import type { Purpose } from './path-conclusion.ts'
import { type Problem, problem } from './problem.ts'
import { readSubtree } from './subtree-text.ts'

/** What an anchor may vouch for: signatures of persons and seals, or the time-stamps on them. */
export type AnchorUse = 'signature' | 'timestamp'

/** A time during which an anchor is trusted: from its beginning (inclusive) to its end (exclusive; null: still). */
export interface AnchorPeriod {
  readonly from: Date
  readonly until: Date | null
}

/** Whose signatures an anchor vouches for; each list that is there must be met, and none may be excluded. They bind signers, not time-stamps. */
export interface AnchorConstraints {
  /** The signer's certificate holds an e-mail address, and each lies in one: "a@b.dk", "b.dk", ".b.dk" (hosts below). */
  readonly emails?: readonly string[]
  /** The signer's subject names one of these as its organization (O) or organizationIdentifier; letter case aside. */
  readonly organizations?: readonly string[]
  /** Certificate policies (object identifiers), one of which must hold over the whole path (RFC 5280 §6.1.1(c), (e)). */
  readonly policies?: readonly string[]
  /**
   * Subtrees, as readSubtree takes them, in which the names of every certificate below the anchor must lie, kind by kind:
   * a kind that none of them is of is not bounded (RFC 5280 §6.1.1(h)).
   */
  readonly permitted?: readonly string[]
  /** Subtrees in which no name of a certificate below the anchor may lie (RFC 5280 §6.1.1(i)). */
  readonly excluded?: readonly string[]
}

/** Under what terms an anchor is trusted; what is absent bounds nothing. */
export interface AnchorTerms {
  readonly uses?: readonly AnchorUse[]
  /** Compared with the time that is asked about, as a certificate's validity is (ETSI TS 119 615 §4.4). */
  readonly periods?: readonly AnchorPeriod[]
  readonly constraints?: AnchorConstraints
  /** What trusted lists say of the certificates below it: whether a signature is qualified; bounds nothing. */
  readonly services?: readonly ListedService[]
}

/** A trusted certificate (DER) with its terms. */
export interface TrustAnchorInput extends AnchorTerms {
  readonly der: Uint8Array
}

/** Gives what a certificate is used for where it is to serve a purpose; null where that may be anything. */
export const useOf = (purpose: Purpose): AnchorUse | null =>
  purpose === 'timestamping' ? 'timestamp' : purpose === 'any' || purpose === 'ocsp' ? null : 'signature'

/** Says whether an anchor was trusted at a time. */
export const isTrustedAt = ({ periods }: AnchorTerms, at: Date): boolean =>
  periods === undefined || periods.some(({ from, until }) => from <= at && (until === null || at < until))

/** A time outside of all periods is a matter of time alone: a proof that the signature is older heals it. */
export function judgePeriods(anchor: Certificate, terms: AnchorTerms, at: Date): readonly Problem[] {
  if (isTrustedAt(terms, at)) return []
  const message = `${anchor.subject.display} was not trusted at ${at.toISOString()}`
  return [problem('OUT_OF_BOUNDS_NO_POE', 'anchor-not-trusted-then', message, 'ETSI TS 119 615 §4.4')]
}

/**
 * Gives the subtrees that an anchor's paths begin with (RFC 5280 §6.1.2(b), (c)). One that cannot be read bounds everything:
 * it becomes a problem, never a freedom.
 */
export function initialSubtrees({ permitted = [], excluded = [] }: AnchorConstraints): {
  readonly state: ConstraintState
  readonly problems: readonly Problem[]
} {
  const problems: Problem[] = []
  const read = (texts: readonly string[]): readonly GeneralName[] =>
    texts.flatMap((text) => {
      const subtree = readSubtree(text)
      if (subtree) return [subtree]
      const message = 'a name constraint of the trust anchor cannot be read'
      problems.push(problem('CHAIN_CONSTRAINTS_FAILURE', 'name-constraint-not-processed', message, 'RFC 5280 §6.1.1'))
      return []
    })
  const state = addConstraints(NO_CONSTRAINTS, { permitted: read(permitted), excluded: read(excluded) })
  return { state, problems }
}

const ORGANIZATION = '2.5.4.10'
const ORGANIZATION_IDENTIFIER = '2.5.4.97'

/** Judges the signer's names by the constraints of the anchor; its policies are judged with the path's. */
export function judgeSignerNames(
  signer: Certificate,
  { emails, organizations }: AnchorConstraints,
): readonly Problem[] {
  const violated = (what: string): Problem =>
    problem(
      'CHAIN_CONSTRAINTS_FAILURE',
      'anchor-constraint-violated',
      `${signer.subject.display}: ${what} is not one that the trust anchor is relied on for`,
      'RFC 5937 §3',
    )
  return [
    ...(emails && !liesInAll(signer, emails) ? [violated('the e-mail address')] : []),
    ...(organizations && !isOneOf(signer, organizations) ? [violated('the organization')] : []),
  ]
}

function liesInAll(signer: Certificate, emails: readonly string[]): boolean {
  const claimed = claimedNames(signer).filter((name) => name.kind === 'email')
  const isInside = (name: (typeof claimed)[number]): boolean =>
    emails.some((value) => matchName(name, { kind: 'email', value }, 'permitted') === 'inside')
  return claimed.length > 0 && claimed.every(isInside)
}

const folded = (text: string): string => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()

function isOneOf({ subject }: Certificate, organizations: readonly string[]): boolean {
  const wanted = new Set(organizations.map(folded))
  return [ORGANIZATION, ORGANIZATION_IDENTIFIER].some((type) =>
    attributeTexts(subject, type).some((text) => wanted.has(folded(text))),
  )
}

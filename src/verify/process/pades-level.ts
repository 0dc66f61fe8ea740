import type { CmsConclusion } from '../cms/index.ts'
import { documentSecurityStoreOf, type PdfDocument, type PdfSignature } from '../pdf/index.ts'
import type { PathConclusion } from '../x509/index.ts'
import type { CarriedEvidence } from './basic.ts'
import type { SignatureTimeStamps } from './signature-time-stamps.ts'
import type { TimeStampConclusion } from './time-stamp.ts'

export type PadesLevel = 'PAdES-B-B' | 'PAdES-B-T' | 'PAdES-B-LT' | 'PAdES-B-LTA'

/** What the level of a signature hangs on. */
export interface LevelFacts {
  readonly document: PdfDocument
  readonly signature: PdfSignature
  readonly subFilter: string | null
  readonly cms: CmsConclusion
  readonly path: PathConclusion | null
  readonly stamps: SignatureTimeStamps
  /** Document time-stamps over the signature, oldest first. */
  readonly documentStamps: readonly { readonly signature: PdfSignature; readonly conclusion: TimeStampConclusion }[]
  /** Gives the path as it is judged without evidence from outside of the file. */
  readonly pathByStore: () => PathConclusion | null
  /** What the document security store carries. */
  readonly store: CarriedEvidence
}

/**
 * Gives the level that a signature is found at: what is there and holds, whether or not its authorities are trusted.
 * Null outside of PAdES, and where the attribute that binds the certificate is missing.
 * @see EN 319 142-1 clause 6 (table 1)
 */
export function padesLevelOf(facts: LevelFacts): PadesLevel | null {
  if (facts.subFilter !== 'ETSI.CAdES.detached' || facts.cms.certificateBinding !== 'bound') return null
  const archiving = facts.documentStamps.filter(({ conclusion }) => conclusion.intact === true)
  const stamped = facts.stamps.signature.some(({ intact }) => intact === true) || archiving.length > 0
  if (!stamped) return 'PAdES-B-B'
  if (!hasValidationData(facts)) return 'PAdES-B-T'
  return archiving.some(({ signature }) => coversStore(facts.document, signature)) ? 'PAdES-B-LTA' : 'PAdES-B-LT'
}

/** Whether the store holds what the path of the signature needs; without a path to an anchor, whether it holds any. */
function hasValidationData({ path, pathByStore, store }: LevelFacts): boolean {
  if (store.crls.length + store.ocsps.length === 0) return false
  // Where the path's revocation was not asked for, that there is such data is all that is found.
  if (!path?.trustAnchor || path.revocations.some(({ status }) => status === 'not-checked')) return true
  const stored = new Set([...store.crls, ...store.ocsps].map((one) => one.sha256))
  const isHeld = (one: PathConclusion | null): boolean =>
    one?.revocations.every(
      ({ status, evidence }) => status === 'exempt' || (evidence !== null && stored.has(evidence)),
    ) ?? false
  // Newer evidence from outside may have been preferred: what counts is whether the file would do without it.
  return isHeld(path) || isHeld(pathByStore())
}

function coversStore(document: PdfDocument, stamp: PdfSignature): boolean {
  const index = document.revisions.findIndex((one) => Math.abs(one.end - stamp.range.end) <= 4)
  if (index < 0) return false
  const { crls, ocsps } = documentSecurityStoreOf(document, index)
  return crls.length + ocsps.length > 0
}

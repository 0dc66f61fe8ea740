import { GatewayError } from '../model/errors.ts'
import { sha256Hex } from '../model/ids.ts'
import type { Instant } from '../model/time.ts'
import type { AnchorPurpose, WrittenConstraints } from '../model/trust-anchor.ts'
import type { TrustStep } from '../model/trust-proposal.ts'
import { readAnchorFile } from './anchor-file.ts'
import type { CandidateAnchors } from './candidate-anchors.ts'
import type { CatalogueEntry } from './catalogue.ts'
import { readConstraints } from './constraints.ts'
import { mustBeFingerprint } from './fingerprint.ts'

/** What an admin wants of trust, before it is a step. */
export type WantedTrust =
  | {
      readonly kind: 'file'
      readonly bytes: Uint8Array
      readonly purposes: readonly AnchorPurpose[]
      readonly countsFrom: Instant | null
      readonly countsUntil: Instant | null
      readonly constraints: WrittenConstraints
      /** Fingerprints from another source, one a line; asked for where a certificate came with a submission. */
      readonly typedFingerprint?: string
    }
  | {
      readonly kind: 'candidate'
      readonly caseId: string
      readonly sha256: string
      readonly typedFingerprint: string
      readonly purposes: readonly AnchorPurpose[]
      readonly constraints: WrittenConstraints
    }
  | { readonly kind: 'limit'; readonly sha256: string; readonly constraints: WrittenConstraints }
  | { readonly kind: 'catalogue'; readonly id: string }
  | { readonly kind: 'policy'; readonly policy: string }
  | { readonly kind: 'disable' | 'enable' | 'remove'; readonly sha256: string }

/** Where certificates that are only named are looked up. */
export interface PlaceOfCertificates {
  candidateAnchors(caseId: string): Promise<CandidateAnchors>
  catalogue(): Promise<readonly CatalogueEntry[]>
}

const ALWAYS = { countsFrom: null, countsUntil: null, constraints: null }

/**
 * Takes what is wanted; gives the step that does it. Nothing changes.
 * @throws GatewayError as readAnchorFile; wrong-fingerprint; wrong-state (the case does not offer it now); not-found
 */
export async function stepOf(wanted: WantedTrust, places: PlaceOfCertificates): Promise<TrustStep> {
  switch (wanted.kind) {
    case 'file': {
      const { bytes, purposes, countsFrom, countsUntil, typedFingerprint = '' } = wanted
      const certificates = (await readAnchorFile(bytes)).map(({ der }) => base64(der))
      const constraints = readConstraints(wanted.constraints)
      const file = { source: 'file', files: [sha256Hex(bytes)], ...(typedFingerprint ? { typedFingerprint } : {}) }
      return { do: 'add', certificates, purposes, ...file, countsFrom, countsUntil, constraints }
    }
    case 'candidate': {
      const { caseId, sha256, typedFingerprint, purposes } = wanted
      const found = (await places.candidateAnchors(caseId)).anchors.find((one) => one.sha256 === sha256)
      if (!found)
        throw new GatewayError('wrong-state', 'No open case offers this certificate now', { facts: { caseId } })
      mustBeFingerprint(typedFingerprint, found.sha256)
      const source = `submission:${found.submissionId}`
      const constraints = readConstraints(wanted.constraints)
      const one = { certificates: [base64(found.der)], purposes, source, typedFingerprint }
      return { do: 'add', ...one, ...ALWAYS, constraints }
    }
    case 'catalogue': {
      const entry = (await places.catalogue()).find((one) => one.id === wanted.id)
      if (!entry) throw new GatewayError('not-found', 'The catalogue has no such entry', { facts: { id: wanted.id } })
      const { purposes, certificate } = entry
      return {
        do: 'add',
        certificates: [base64(certificate.der)],
        purposes,
        source: `catalogue:${entry.id}`,
        ...ALWAYS,
      }
    }
    case 'policy':
      return { do: 'apply-policy', policy: wanted.policy }
    case 'limit':
      return { do: 'limit', sha256: wanted.sha256, constraints: readConstraints(wanted.constraints) }
    default:
      return { do: wanted.kind, sha256: wanted.sha256 }
  }
}

const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64')

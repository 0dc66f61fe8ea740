import { sameBytes } from '../der/index.ts'
import type { Finding } from '../report/report.ts'
import type { CertificateIndex } from './build-paths.ts'
import type { Certificate } from './certificate.ts'
import { judgeOnce, type SearchState } from './search-state.ts'
import type { TrustStore } from './trust-store.ts'

/** What a search that reached no anchor found, and what it searched in. */
interface Searched {
  readonly path: readonly Certificate[]
  readonly anchors: TrustStore
  readonly intermediates: CertificateIndex
  readonly state: SearchState
}

/**
 * Looks on the way to no anchor for an issuer that bears an anchor's name and has another key; null where there is none.
 * It may be the anchor's new key, or anybody's who took its name: which of both no certificate can tell. That a signature
 * does not hold by the anchor's key is not enough, for the certificate may be damaged: the other key must be at hand, or
 * be named by the certificate.
 * @see RFC 5280 §6.1.1(d): an anchor is a name and a key
 */
export function findSameNamedIssuer({ path, anchors, intermediates, state }: Searched): Finding | null {
  for (const certificate of path) {
    const named = anchors.bySubject(certificate.issuer.key)
    const breaks = ({ publicKey }: Certificate): boolean => judgeOnce(state, certificate, publicKey) === 'broken'
    if (named.length === 0 || !named.every(breaks)) continue
    const issuer = intermediates
      .get(certificate.issuer.key)
      ?.find(({ publicKey }) => judgeOnce(state, certificate, publicKey) === 'holds')
    if (!issuer && !namesKeyOfNone(certificate, named)) continue
    const listed = named.map(({ sha256 }) => sha256).slice(0, MAX_NAMED)
    const shown = issuer ? `, SHA-256 ${issuer.sha256},` : ''
    return {
      code: 'issuer-key-differs',
      severity: 'error',
      message: `"${certificate.issuer.display}"${shown} bears the name of a trust anchor (SHA-256 ${listed.join(', ')}) and has another key`,
      clause: 'RFC 5280 §6.1.1(d)',
    }
  }
  return null
}

/** Fingerprints of anchors of one name that a message tells. */
const MAX_NAMED = 3

function namesKeyOfNone(
  { decoded: { authorityKeyIdentifier } }: Certificate,
  anchors: readonly Certificate[],
): boolean {
  if (!authorityKeyIdentifier) return false
  return anchors.every(
    ({ decoded: { subjectKeyIdentifier: own } }) => own !== null && !sameBytes(own, authorityKeyIdentifier),
  )
}

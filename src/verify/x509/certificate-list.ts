import { createHash } from 'node:crypto'
import {
  contextConstructed,
  type Element,
  readElement,
  readExplicit,
  readFields,
  readIntegerBytes,
  readOctetAlignedBits,
  readSmallInteger,
  readTime,
  TAG,
  toHex,
  walkChildren,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type AlgorithmIdentifier, parseAlgorithmIdentifier } from './algorithm-identifier.ts'
import { type DistinguishedName, parseName } from './distinguished-name.ts'
import { type IssuingDistributionPoint, parseIssuingDistributionPoint } from './distribution-point.ts'
import {
  EXTENSION,
  type Extension,
  parseAuthorityKeyIdentifier,
  parseExtensions,
  parseGeneralNames,
} from './extensions.ts'
import { SignatureAnswers } from './signature-answers.ts'

/** A CRL as data (RFC 5280 §5.1); its entries are read when first asked for. */
export interface CertificateList {
  readonly bytes: Uint8Array
  readonly tbs: Uint8Array
  readonly sha256: string
  readonly issuer: DistinguishedName
  readonly thisUpdate: Date
  readonly nextUpdate: Date | null
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  /** What was found out about its signature. */
  readonly answers: SignatureAnswers
  readonly extensions: ReadonlyMap<string, Extension>
  readonly authorityKeyIdentifier: Uint8Array | null
  readonly crlNumber: bigint | null
  /** BaseCRLNumber; null where this is no delta CRL. */
  readonly baseCrlNumber: bigint | null
  readonly issuingDistributionPoint: IssuingDistributionPoint | null
  readonly revokedCertificates: Element | null
}

/** One revoked certificate. */
export interface CrlEntry {
  readonly serialKey: string
  readonly revocationDate: Date
  /** CRLReason; 0 where the entry gives none. */
  readonly reason: number
  /** When the CA believes that the key was lost or the certificate ceased to be true; it says nothing of trust. RFC 5280 §5.3.2 */
  readonly invalidityDate: Date | null
  /** Names of the certificate's issuer in an indirect CRL; the CRL's own issuer where null. */
  readonly certificateIssuer: DistinguishedName | null
  /** Critical entry extensions that nothing here processes. */
  readonly unprocessedCritical: readonly string[]
}

/**
 * Reads one DER CRL; the list of entries is only found, not walked.
 * @throws VerifyError malformed-crl
 * @see RFC 5280 §5.1
 */
export function parseCertificateList(der: Uint8Array): CertificateList {
  try {
    return readCertificateList(der)
  } catch (cause) {
    if (!(cause instanceof VerifyError) || cause.code !== 'malformed-der') throw cause
    throw new VerifyError('malformed-crl', `CRL cannot be read: ${cause.message}`, { cause })
  }
}

function readCertificateList(der: Uint8Array): CertificateList {
  const outer = readFields(readElement(der), 'CertificateList')
  const tbsElement = outer.take(TAG.sequence, 'tbsCertList')
  const signatureAlgorithm = parseAlgorithmIdentifier(outer.take(TAG.sequence, 'signatureAlgorithm'))
  const signature = readOctetAlignedBits(outer.take(TAG.bitString, 'signatureValue'))
  outer.end()
  const tbs = readFields(tbsElement, 'TBSCertList')
  const version = tbs.optional(TAG.integer)
  if (version && readSmallInteger(version) !== 1) throw new VerifyError('malformed-crl', 'version is unknown')
  if (toHex(tbs.take(TAG.sequence, 'signature').bytes) !== toHex(signatureAlgorithm.bytes)) {
    throw new VerifyError('malformed-crl', 'signature algorithm inside and outside differ')
  }
  const issuer = parseName(tbs.take(TAG.sequence, 'issuer'))
  const thisUpdate = readTime(tbs.takeAny('thisUpdate'))
  const next = tbs.optional(TAG.utcTime) ?? tbs.optional(TAG.generalizedTime)
  const revokedCertificates = tbs.optional(TAG.sequence)
  const extensionsElement = tbs.optional(contextConstructed(0))
  tbs.end()
  if (extensionsElement && !version) throw new VerifyError('malformed-crl', 'extensions without version 2')
  const extensions = extensionsElement
    ? parseExtensions(readExplicit(extensionsElement, 'crlExtensions'))
    : new Map<string, Extension>()
  const value = <T>(oid: string, parse: (bytes: Uint8Array) => T): T | null => {
    const extension = extensions.get(oid)
    return extension ? parse(extension.value) : null
  }
  return {
    bytes: der,
    tbs: tbsElement.bytes,
    sha256: createHash('sha256').update(der).digest('hex'),
    issuer,
    thisUpdate,
    nextUpdate: next ? readTime(next) : null,
    signatureAlgorithm,
    signature,
    answers: new SignatureAnswers(),
    extensions,
    authorityKeyIdentifier: value(EXTENSION.authorityKeyIdentifier, parseAuthorityKeyIdentifier),
    crlNumber: value(EXTENSION.crlNumber, readCrlNumber),
    baseCrlNumber: value(EXTENSION.deltaCrlIndicator, readCrlNumber),
    issuingDistributionPoint: value(EXTENSION.issuingDistributionPoint, parseIssuingDistributionPoint),
    revokedCertificates,
  }
}

function readCrlNumber(value: Uint8Array): bigint {
  const octets = readIntegerBytes(readElement(value))
  if (octets.length > 64) throw new VerifyError('malformed-crl', 'CRL number is too long')
  return BigInt.asIntN(octets.length * 8, BigInt(`0x${toHex(octets)}`))
}

interface EntryIndex {
  readonly bySerial: ReadonlyMap<string, readonly CrlEntry[]>
  readonly unprocessedCritical: boolean
}
const entryIndexes = new WeakMap<CertificateList, EntryIndex>()
/** More entries than any public CRL has. */
const MAX_ENTRIES = 3_000_000

/**
 * Gives the entries of a CRL for a serial number (as Certificate.serialKey); the list is walked once per CRL.
 * @throws VerifyError malformed-crl, too-many-elements
 */
export function crlEntriesOf(crl: CertificateList, serialKey: string): readonly CrlEntry[] {
  return indexOf(crl).bySerial.get(serialKey) ?? []
}

/**
 * Says whether any entry has a critical extension that nothing here processes: then the CRL must not be used for any
 * certificate (RFC 5280 §5.3). @throws VerifyError malformed-crl, too-many-elements
 */
export const hasUnprocessedEntries = (crl: CertificateList): boolean => indexOf(crl).unprocessedCritical

function indexOf(crl: CertificateList): EntryIndex {
  const known = entryIndexes.get(crl)
  if (known) return known
  const index = indexEntries(crl)
  entryIndexes.set(crl, index)
  return index
}

function indexEntries(crl: CertificateList): EntryIndex {
  const index = new Map<string, CrlEntry[]>()
  let unprocessedCritical = false
  if (!crl.revokedCertificates) return { bySerial: index, unprocessedCritical }
  let issuer: DistinguishedName | null = null
  let count = 0
  try {
    for (const element of walkChildren(crl.revokedCertificates)) {
      count += 1
      if (count > MAX_ENTRIES) throw new VerifyError('too-many-elements', 'CRL has too many entries')
      const entry = readEntry(element, issuer)
      // RFC 5280 §5.3.3: the certificate issuer holds for the entries that follow, too.
      issuer = entry.certificateIssuer
      unprocessedCritical ||= entry.unprocessedCritical.length > 0
      const same = index.get(entry.serialKey)
      if (same) same.push(entry)
      else index.set(entry.serialKey, [entry])
    }
  } catch (cause) {
    if (!(cause instanceof VerifyError) || cause.code !== 'malformed-der') throw cause
    throw new VerifyError('malformed-crl', `CRL entries cannot be read: ${cause.message}`, { cause })
  }
  return { bySerial: index, unprocessedCritical }
}

const PROCESSED_ENTRY_EXTENSIONS = new Set<string>([
  EXTENSION.reasonCode,
  EXTENSION.certificateIssuer,
  EXTENSION.invalidityDate,
])

function readEntry(element: Element, issuerBefore: DistinguishedName | null): CrlEntry {
  const fields = readFields(element, 'revoked certificate')
  const serialKey = toHex(readIntegerBytes(fields.take(TAG.integer, 'userCertificate')))
  const revocationDate = readTime(fields.takeAny('revocationDate'))
  const extensionsElement = fields.optional(TAG.sequence)
  fields.end()
  if (!extensionsElement) {
    const none = { invalidityDate: null, certificateIssuer: issuerBefore, unprocessedCritical: [] }
    return { serialKey, revocationDate, reason: 0, ...none }
  }
  const extensions = parseExtensions(extensionsElement)
  const reason = extensions.get(EXTENSION.reasonCode)
  const invalid = extensions.get(EXTENSION.invalidityDate)
  const issuer = extensions.get(EXTENSION.certificateIssuer)
  const names = issuer ? parseGeneralNames(issuer.value) : []
  const directory = names.find((name) => name.kind === 'directory')
  if (issuer && !directory) throw new VerifyError('malformed-crl', 'certificate issuer is no directory name')
  return {
    serialKey,
    revocationDate,
    reason: reason ? readSmallInteger(readElement(reason.value), TAG.enumerated) : 0,
    invalidityDate: invalid ? readInvalidityDate(invalid.value) : null,
    certificateIssuer: directory ? directory.name : issuerBefore,
    unprocessedCritical: [...extensions.values()]
      .filter((e) => e.critical && !PROCESSED_ENTRY_EXTENSIONS.has(e.oid))
      .map((e) => e.oid),
  }
}

/** It is only shown: one that cannot be read makes no list unreadable. */
function readInvalidityDate(value: Uint8Array): Date | null {
  try {
    return readTime(readElement(value), { fractions: true })
  } catch (fault) {
    if (fault instanceof VerifyError) return null
    throw fault
  }
}

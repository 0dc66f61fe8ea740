import type { Finding, SignatureReport } from '../report.ts'
import type { CarriedSignature } from './carried-signature.ts'
import { evaluateConstraints } from './constraints.ts'
import type { ListedTimeStamp } from './time-stamps.ts'
import {
  algorithmUri,
  MAIN_INDICATION,
  ownUri,
  PROOF,
  revocationReasonUri,
  subIndicationUri,
  VALIDATION_PROCESS,
} from './uris.ts'
import { digestOf, reference, type ValidationObjects } from './validation-objects.ts'
import { element, type XmlElement } from './xml.ts'

/** What a report on one signature is written from, beside the signature's own facts. */
export interface Reported {
  /** SignatureValidationReport; ValidationReport inside the object of a time-stamp. */
  readonly name: 'SignatureValidationReport' | 'ValidationReport'
  readonly signature: SignatureReport
  /** The id by which the document refers to this signature: an NCName. */
  readonly id: string
  readonly carried: CarriedSignature | null
  readonly document: { readonly sha256: string | null; readonly objectId: string | null }
  readonly timestamps: readonly ListedTimeStamp[]
  /** What was found about the file as a whole. */
  readonly fileFindings: readonly Finding[]
}

/** Writes the report on one signature. @see TS 119 102-2 clause 4.3 */
export function writeSignatureReport(reported: Reported, objects: ValidationObjects): XmlElement {
  const { signature } = reported
  return element(reported.name, [
    identify(reported),
    evaluateConstraints(signature),
    writeTimes(signature, reported.timestamps),
    writeSignersDocument(reported.document),
    writeAttributes(reported),
    writeSigner(reported, objects),
    element('SignatureValidationProcess', [element('SignatureValidationProcessID', processOf(signature))]),
    writeStatus(reported, objects),
  ])
}

function identify({ signature, id, carried }: Reported): XmlElement {
  const value = carried ? Buffer.from(carried.signatureValue).toString('base64') : null
  const children = [
    carried?.dtbsrSha256 ? digestOf(carried.dtbsrSha256) : null,
    value === null ? null : element('ds:SignatureValue', value),
    element('HashOnly', 'false'),
    element('DocHashOnly', 'false'),
    element('DAIdentifier', signature.id),
  ]
  return element('SignatureIdentifier', children, { id })
}

/** The best signature time with its proof: a time-stamp, a time that was handed in, or that it was there when judged. */
function writeTimes(signature: SignatureReport, timestamps: readonly ListedTimeStamp[]): XmlElement {
  const { validationTime, bestSignatureTime } = signature
  const best = Date.parse(bestSignatureTime ?? validationTime)
  const proof = timestamps.find(
    ({ timestamp }) => timestamp.indication === 'PASSED' && Date.parse(timestamp.time) === best,
  )
  const provided = !proof && best < Date.parse(validationTime)
  return element('ValidationTimeInfo', [
    element('ValidationTime', validationTime),
    element('BestSignatureTime', [
      element('POETime', bestSignatureTime ?? validationTime),
      element('TypeOfProof', provided ? PROOF.provided : PROOF.validation),
      proof?.objectId ? reference('POEObject', proof.objectId) : null,
    ]),
  ])
}

/** The file that was judged. @see TS 119 102-2 clause 4.3.7 */
export function writeSignersDocument({ sha256, objectId }: Reported['document']): XmlElement | null {
  if (sha256 === null) return null
  return element('SignersDocument', [
    digestOf(sha256),
    objectId === null ? null : reference('SignersDocumentRepresentation', objectId),
  ])
}

const TIMESTAMP_ATTRIBUTE = {
  content: 'AllDataObjectsTimeStamp',
  signature: 'SignatureTimeStamp',
  archive: 'ArchiveTimeStamp',
  document: 'DocTimeStamp',
} as const

/** What stands in the signature, told as it stands. @see TS 119 102-2 annex A */
function writeAttributes({ signature, timestamps }: Reported): XmlElement | null {
  const { subFilter, byteRange, intact } = signature
  // The time of a time-stamp is no claim of a signer.
  const claimedSigningTime = signature.kind === 'pdf-timestamp' ? null : signature.claimedSigningTime
  // What the signature covers is signed only if the signature holds.
  const signed = intact === true ? { Signed: 'true' } : {}
  const attributes = [
    claimedSigningTime && element('SigningTime', [element('Time', claimedSigningTime)], signed),
    ...timestamps.map(({ timestamp, objectId }) =>
      element(
        TIMESTAMP_ATTRIBUTE[timestamp.kind],
        [objectId === null ? null : reference('AttributeObject', objectId), element('TimeStampValue', timestamp.time)],
        timestamp.kind === 'content' ? signed : { Signed: 'false' },
      ),
    ),
    subFilter !== null && element('SubFilter', [element('SubFilterElement', subFilter)], signed),
    byteRange !== null && element('ByteRange', byteRange.join(' ')),
  ].filter((one) => typeof one === 'object')
  return attributes.length === 0 ? null : element('SignatureAttributes', attributes)
}

function writeSigner({ signature, carried }: Reported, objects: ValidationObjects): XmlElement | null {
  const { signer, fingerprint, userIds } = signature
  if (signer) {
    const id = objects.certificate(signer.sha256, carried?.certificates.get(signer.sha256))
    const children = [reference('SignerCertificate', id), element('Signer', signer.names[0] ?? signer.subject)]
    return element('SignerInformation', children, { Pseudonym: String(/(^|[,+])pseudonym=/.test(signer.subject)) })
  }
  if (fingerprint === null) return null
  const [user] = userIds
  return element('SignerInformation', [
    reference('SignerCertificate', objects.openpgpKey(fingerprint)),
    user === undefined ? null : element('Signer', user),
  ])
}

/** The process that was gone through: with no time-stamp that was judged, it is the basic one. */
function processOf({ timestamps, level }: SignatureReport): string {
  const archival = timestamps.some(({ kind }) => kind === 'archive' || kind === 'document')
  if (archival || level?.endsWith('-LTA')) return VALIDATION_PROCESS.archival
  return timestamps.length > 0 || level?.endsWith('-LT') ? VALIDATION_PROCESS.longTerm : VALIDATION_PROCESS.basic
}

function writeStatus(reported: Reported, objects: ValidationObjects): XmlElement {
  const { indication, subIndication } = reported.signature
  return element('SignatureValidationStatus', [
    element('MainIndication', MAIN_INDICATION[indication]),
    subIndication === null ? null : element('SubIndication', subIndicationUri(subIndication)),
    writeReportData(reported, objects),
  ])
}

/** What the verdict rests on: the path, the time-stamps, the algorithm, and each finding. */
function writeReportData(reported: Reported, objects: ValidationObjects): XmlElement {
  const { signature, carried, timestamps, fileFindings } = reported
  const idOf = (sha256: string): string => objects.certificate(sha256, carried?.certificates.get(sha256))
  const anchor = signature.trustAnchor ? idOf(signature.trustAnchor.sha256) : null
  const data = (signature.evidence ?? []).map(({ kind, sha256 }) => objects.revocationData(kind, sha256))
  const related = [...timestamps.flatMap(({ objectId }) => objectId ?? []), ...data]
  return element('AssociatedValidationReportData', [
    anchor === null ? null : reference('TrustAnchor', anchor),
    writeChain(signature, idOf, anchor),
    ...[...new Set(related)].map((id) => reference('RelatedValidationObject', id)),
    writeRevocation(signature, idOf, objects),
    writeCrypto(reported),
    element('AdditionalValidationReportData', [
      reportData(ownUri('fact', 'revocation-status'), signature.revocation),
      ...(signature.level === null ? [] : [reportData(ownUri('fact', 'signature-level'), signature.level)]),
      ...[...signature.findings, ...fileFindings].map(writeFinding),
    ]),
  ])
}

function writeChain(
  signature: SignatureReport,
  idOf: (sha256: string) => string,
  anchor: string | null,
): XmlElement | null {
  const [first, ...rest] = signature.path.map(({ sha256 }) => idOf(sha256))
  const signing = first ?? (signature.signer ? idOf(signature.signer.sha256) : undefined)
  if (signing === undefined) return null
  return element('CertificateChain', [
    reference('SigningCertificate', signing),
    ...rest.filter((id) => id !== anchor).map((id) => reference('IntermediateCertificate', id)),
    anchor === null ? null : reference('TrustAnchor', anchor),
  ])
}

/** Of the certificate of the path that is revoked, the signer's before its CAs'. */
function writeRevocation(
  { evidence = [] }: SignatureReport,
  idOf: (sha256: string) => string,
  objects: ValidationObjects,
): XmlElement | null {
  const revoked = evidence.find(({ status, revokedAt }) => status === 'revoked' && revokedAt !== null)
  if (!revoked || revoked.revokedAt === null) return null
  const reason = revocationReasonUri(revoked.reason)
  return element('RevocationStatusInformation', [
    reference('ValidationObjectId', idOf(revoked.for)),
    element('RevocationTime', revoked.revokedAt),
    reason === null ? null : element('RevocationReason', reason),
    reference('RevocationObject', objects.revocationData(revoked.kind, revoked.sha256)),
  ])
}

/** Findings that say of a method or a key that it is not, or no longer, relied on. */
const WEAK = new Set([
  'algorithm-not-in-policy',
  'digest-not-in-policy',
  'digest-too-weak',
  'key-not-in-policy',
  'key-too-small',
  'signature-scheme-too-weak',
])

function writeCrypto({ signature, id }: Reported): XmlElement | null {
  const algorithm = algorithmUri(signature)
  if (algorithm === null) return null
  return element('CryptoInformation', [
    reference('ValidationObjectId', id),
    element('Algorithm', algorithm),
    element('SecureAlgorithm', String(!signature.findings.some(({ code }) => WEAK.has(code)))),
  ])
}

/** @param type a URI */
export const reportData = (type: string, value: string): XmlElement =>
  element('ReportData', [element('Type', type), element('Value', value)])

/** A finding under its stable code: severity, what it says, and the clause that it is about. */
export const writeFinding = ({ code, severity, message, clause }: Finding): XmlElement =>
  reportData(ownUri('finding', code), `${severity}: ${message}${clause === null ? '' : ` (${clause})`}`)

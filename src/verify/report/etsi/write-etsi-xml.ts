import type { SignatureReport, VerificationReport } from '../report.ts'
import { type FindCarried, lookInto } from './carried-signature.ts'
import {
  type Reported,
  reportData,
  writeFinding,
  writeSignatureReport,
  writeSignersDocument,
} from './signature-report.ts'
import { listDocumentTimeStamp, listTimeStamps } from './time-stamps.ts'
import { MAIN_INDICATION, NAMESPACES, ownUri, subIndicationUri } from './uris.ts'
import { createValidationObjects, type ValidationObjects } from './validation-objects.ts'
import { element, writeXml, type XmlElement } from './xml.ts'

export interface EtsiXmlOptions {
  /**
   * The bytes that the report is about. With them the XML holds the signature values, the certificates and the
   * time-stamp tokens themselves; without, what the report knows of them: digests and times.
   */
  readonly bytes?: Uint8Array | null
  /** Who judged: a certificate (DER), or a name. "Poststempel" where absent. */
  readonly validator?: { readonly certificate: Uint8Array } | { readonly name: string }
}

/**
 * Writes a report as the ETSI validation report: one XML document in UTF-8 on one line, without a declaration and
 * without an end of line. Documents inside the file (`parts`) have their signatures' reports behind the file's own,
 * each with the digest of what it is about. A file without any signature, and one that could not be read (`error`),
 * has one report that says so.
 * @throws VerifyError invalid-options where the bytes are not those of the report
 * @see ETSI TS 119 102-2 V1.4.1
 */
export function writeEtsiXml(report: VerificationReport, options: EtsiXmlOptions = {}): string {
  const objects = createValidationObjects()
  let count = 0
  const nextId = (): string => {
    count += 1
    return `S-${count}`
  }
  const reports = writeDocument(report, { objects, nextId, findCarried: lookInto(options.bytes ?? null, report) })
  return writeXml(
    element('ValidationReport', [...reports, objects.list(), writeValidator(options.validator)], NAMESPACES),
  )
}

interface Gathering {
  readonly objects: ValidationObjects
  readonly nextId: () => string
  readonly findCarried: FindCarried
}

function writeDocument(report: VerificationReport & { readonly name?: string }, gathering: Gathering): XmlElement[] {
  const { objects, nextId, findCarried } = gathering
  const { sha256, signatures } = report
  const document = { sha256, objectId: sha256 === null ? null : objects.document(sha256, report.name ?? report.file) }
  const around = {
    objects,
    documentId: document.objectId,
    signatures,
    findCarried,
    documentTimeStamps: new Map<string, string>(),
    reportOf: (field: SignatureReport) => write('ValidationReport', field),
  }
  const write = (name: Reported['name'], signature: SignatureReport): XmlElement => {
    const carried = findCarried(signature)
    const timestamps = name === 'ValidationReport' ? [] : listTimeStamps(signature, carried, around)
    const fileFindings = name === 'ValidationReport' ? [] : report.findings
    return writeSignatureReport({ name, signature, id: nextId(), carried, document, timestamps, fileFindings }, objects)
  }
  const own = signatures
    .filter((one) => one.kind !== 'pdf-timestamp')
    .map((one) => write('SignatureValidationReport', one))
  for (const field of signatures) if (field.kind === 'pdf-timestamp') listDocumentTimeStamp(field, around)
  const first = own.length === 0 ? [writeUnsigned(report, document)] : own
  const inner = report.parts.flatMap((part) => writeDocument(part, { ...gathering, findCarried: () => null }))
  return [...first, ...inner]
}

/** A file that nobody signed, that is encrypted, or that could not be read. */
function writeUnsigned(report: VerificationReport, document: Reported['document']): XmlElement {
  const { error, findings } = report
  const main = report.indication ?? 'INDETERMINATE'
  const data = [
    ...(error ? [reportData(ownUri('error', error.code), error.message)] : []),
    ...findings.map(writeFinding),
  ]
  const additional = data.length === 0 ? null : element('AdditionalValidationReportData', data)
  return element('SignatureValidationReport', [
    writeSignersDocument(document),
    element('SignatureValidationStatus', [
      element('MainIndication', MAIN_INDICATION[main]),
      main === 'INDETERMINATE' ? element('SubIndication', subIndicationUri('CUSTOM')) : null,
      additional ? element('AssociatedValidationReportData', [additional]) : null,
    ]),
  ])
}

function writeValidator(validator: EtsiXmlOptions['validator']): XmlElement {
  const id =
    validator && 'certificate' in validator
      ? element('tsl:X509Certificate', Buffer.from(validator.certificate).toString('base64'))
      : element('tsl:Other', validator?.name ?? 'Poststempel')
  return element('SignatureValidator', [element('DigitalId', [id])])
}

import type { SignatureReport } from '../report.ts'
import type { CarriedSignature, FindCarried } from './carried-signature.ts'
import { MAIN_INDICATION, PROOF } from './uris.ts'
import { base64, reference, type ValidationObjects } from './validation-objects.ts'
import { element, type XmlElement, type XmlNode } from './xml.ts'

type TimeStamp = SignatureReport['timestamps'][number]

/** A time-stamp of a signature, with the id of its object where there is one to refer to. */
export interface ListedTimeStamp {
  readonly timestamp: TimeStamp
  readonly objectId: string | null
}

interface Surroundings {
  readonly objects: ValidationObjects
  /** The id of the document, and all signatures in it. */
  readonly documentId: string | null
  readonly signatures: readonly SignatureReport[]
  readonly findCarried: FindCarried
  /** Objects of the document time-stamps that were listed before, by the id of their field. */
  readonly documentTimeStamps: Map<string, string>
  /** Writes the report of a document time-stamp, which is validated as a signature is (clause 4.4.8). */
  readonly reportOf: (timestamp: SignatureReport) => XmlElement
}

/** Lists a signature's time-stamps as validation objects; a token that is not at hand can only be told by its time. */
export function listTimeStamps(
  signature: SignatureReport,
  carried: CarriedSignature | null,
  around: Surroundings,
): readonly ListedTimeStamp[] {
  const counts = { signature: 0, content: 0, archive: 0, document: 0 }
  return signature.timestamps.map((timestamp): ListedTimeStamp => {
    const at = counts[timestamp.kind]
    counts[timestamp.kind] += 1
    if (timestamp.kind === 'document') {
      const field = around.signatures.find((one) => one.kind === 'pdf-timestamp' && one.id === timestamp.id)
      return { timestamp, objectId: field ? listDocumentTimeStamp(field, around) : null }
    }
    const tokens = { signature: carried?.signatureTimeStamps, content: carried?.contentTimeStamps, archive: [] }
    const ofKind = tokens[timestamp.kind] ?? []
    const all = signature.timestamps.filter((one) => one.kind === timestamp.kind).length
    // The report tells them in the order of the file: where one is missing, which is which cannot be told.
    const token = ofKind.length === all ? ofKind[at] : undefined
    if (!token) return { timestamp, objectId: null }
    const status = element('SignatureValidationStatus', [
      element('MainIndication', MAIN_INDICATION[timestamp.indication]),
    ])
    const report = element('ValidationReport', [status])
    const proves = timestamp.indication === 'PASSED' ? provisioning(timestamp.time, provedSignature(signature)) : null
    const proof = poe(signature.validationTime)
    return { timestamp, objectId: around.objects.timestamp(base64(token), [proof, proves, report]) }
  })
}

/** Lists a document time-stamp once, however many signatures it speaks for. Gives the id of its object. */
export function listDocumentTimeStamp(field: SignatureReport, around: Surroundings): string {
  const known = around.documentTimeStamps.get(field.id)
  if (known) return known
  const token = around.findCarried(field)?.cms
  const named = element('direct', [element('SignatureReference', [element('PAdESFieldName', field.id)])])
  const time = field.indication === 'PASSED' ? field.claimedSigningTime : null
  const covered = around.documentId === null ? null : reference('ValidationObject', around.documentId)
  const id = around.objects.timestamp(token ? base64(token) : named, [
    poe(field.validationTime),
    time === null ? null : provisioning(time, covered),
    around.reportOf(field),
  ])
  around.documentTimeStamps.set(field.id, id)
  return id
}

/** At the latest when it was judged, the object was there. */
const poe = (time: string): XmlElement =>
  element('POE', [element('POETime', time), element('TypeOfProof', PROOF.validation)])

const provisioning = (time: string, what: XmlNode | null): XmlElement =>
  element('POEProvisioning', [element('POETime', time), what])

const provedSignature = ({ id, kind }: SignatureReport): XmlElement | null =>
  kind === 'pdf' ? element('SignatureReference', [element('PAdESFieldName', id)]) : null

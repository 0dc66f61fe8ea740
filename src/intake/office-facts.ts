import type { NormalisedPart } from '../model/ports.ts'
import { zipNames } from './zip-names.ts'

const OLE = 'application/x-ole-storage'
const MAX_NAMES = 2000

/** Names of streams in a compound file, as its directory writes them (MS-CFB §2.6.1: UTF-16). */
const utf16 = (name: string): Buffer => Buffer.from(name, 'utf16le')
const ENCRYPTED_PACKAGE = utf16('EncryptedPackage')
const VBA = [utf16('_VBA_PROJECT'), utf16('Macros'), utf16('VBA')]
/** Signs of Word, Excel and PowerPoint's older formats among other compound files. */
const OFFICE = [utf16('WordDocument'), utf16('Workbook'), utf16('PowerPoint Document')]

/**
 * Notes of office files what they are that a person should know before opening them: "document-encrypted@PATH" (a password closes it, MS-OFFCRYPTO §2.3)
 * and "contains-macros@PATH" (MS-OVBA). They are kept as they came, and never opened here.
 */
export function noteOfficeFacts(parts: readonly NormalisedPart[], notes: Set<string>): void {
  for (const { mediaType, bytes, path, role } of parts) {
    if (role !== 'attachment') continue
    if (mediaType === OLE) {
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      const has = (name: Buffer): boolean => view.includes(name)
      if (has(ENCRYPTED_PACKAGE)) notes.add(`document-encrypted@${path}`)
      else if (OFFICE.some(has) && VBA.some(has)) notes.add(`contains-macros@${path}`)
    } else if (mediaType.startsWith('application/vnd.openxmlformats-')) {
      const names = zipNames(bytes, MAX_NAMES)
      if (names.some((name) => /(?:^|\/)vbaProject\.bin$/i.test(name))) notes.add(`contains-macros@${path}`)
    } else if (mediaType.startsWith('application/vnd.oasis.opendocument')) {
      if (zipNames(bytes, MAX_NAMES).some((name) => /^(?:Basic|Scripts)\//.test(name)))
        notes.add(`contains-macros@${path}`)
    }
  }
}

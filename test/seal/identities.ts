import { PDFDocument } from 'pdf-lib'
import { type KeyKind, type MadeIdentity, makeCa, makeEndEntity, validYears } from '../../src/seal/index.ts'

export const NOW = new Date('2026-11-24T10:02:00Z')

let ca: Promise<MadeIdentity> | null = null

/** One CA for a test file: making RSA keys is what takes the time. */
export function testCa(): Promise<MadeIdentity> {
  ca ??= makeCa({ country: 'DK', commonName: 'Prøve-CA' }, validYears(new Date('2026-01-01T00:00:00Z'), 10), 'rsa-2048')
  return ca
}

export async function citizen(kind: KeyKind = 'rsa-2048'): Promise<MadeIdentity> {
  return await makeEndEntity(await testCa(), {
    profile: 'citizen',
    subject: { country: 'DK', commonName: 'Kai Jensen' },
    email: 'kai.jensen@example.dk',
    validity: validYears(new Date('2026-01-01T00:00:00Z'), 10),
    kind,
  })
}

/** A PDF of a few pages, in either kind of cross-reference. */
export async function plainPdf(options: { pages?: number; objectStreams?: boolean } = {}): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false })
  for (let page = 1; page <= (options.pages ?? 1); page += 1)
    document.addPage().drawText(`Side ${page}`, { x: 60, y: 700 })
  return await document.save({ useObjectStreams: options.objectStreams ?? false })
}

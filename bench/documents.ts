import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openPdf } from '../src/model/pdf/pdf-file.ts'
import { appendRevision } from '../src/model/pdf/revision.ts'
import { pdfReference } from '../src/model/pdf/values.ts'
import { type MadeIdentity, makeCa, makeEndEntity, signPdf, validYears } from '../src/seal/index.ts'
import { kaisAttest, makeAttest } from '../src/typeset/index.ts'

const SIGNED = new Date(Date.now() - 86_400_000)
const VALID = validYears(new Date(Date.now() - 30 * 86_400_000), 2)
const MIB = 1024 * 1024

/** Documents that are made for the benchmark, with the CA that they rest on. */
export interface Workshop {
  /** PEM of the CA. */
  readonly root: string
  /** One-page documents, each signed by somebody else. */
  bySigners(count: number): Promise<readonly string[]>
  /** A document with so many MiB of pictures, signed once. */
  ofSize(mebibytes: number): string
  /** A one-page document with so many signatures, one after another. */
  withSignatures(count: number): string
}

/** Opens a workshop in a folder of its own. */
export async function openWorkshop(folder: string): Promise<Workshop> {
  mkdirSync(folder, { recursive: true })
  const ca = await makeCa({ country: 'DK', organization: 'Bench', commonName: 'Bench CA' }, VALID, 'rsa-2048')
  const citizen = (commonName: string): Promise<MadeIdentity> =>
    makeEndEntity(ca, { profile: 'citizen', subject: { country: 'DK', commonName }, validity: VALID, kind: 'ec-p256' })
  const kai = await citizen('Kai Bench')
  const page = await makeAttest(kaisAttest(SIGNED))
  const write = (name: string, bytes: Uint8Array): string => {
    const file = join(folder, name)
    writeFileSync(file, bytes)
    return file
  }
  const sign = (pdf: Uint8Array, identity: MadeIdentity, fieldName: string): Uint8Array =>
    signPdf(pdf, identity, { subFilter: 'ETSI.CAdES.detached', signingTime: SIGNED, fieldName })
  return {
    root: write('root.pem', Buffer.from(ca.certificatePem)),
    bySigners: async (count) => {
      const files: string[] = []
      for (let i = 0; i < count; i += 1) {
        files.push(write(`signer-${i}.pdf`, sign(page, await citizen(`Citizen ${i}`), 'Signature1')))
      }
      return files
    },
    ofSize: (mebibytes) => write(`size-${mebibytes}.pdf`, sign(withPictures(page, mebibytes), kai, 'Signature1')),
    withSignatures: (count) => {
      let pdf = page
      for (let i = 1; i <= count; i += 1) pdf = sign(pdf, kai, `Signature${i}`)
      return write(`signatures-${count}.pdf`, pdf)
    },
  }
}

/** Adds streams of one MiB each, which nothing can compress. */
function withPictures(pdf: Uint8Array, mebibytes: number): Uint8Array {
  const file = openPdf(pdf)
  const head = Buffer.from(`<< /Length ${MIB} >>\nstream\n`)
  const pictures = Array.from({ length: mebibytes }, (_, i) => ({
    reference: pdfReference(file.nextObjectNumber + i),
    value: { kind: 'syntax' as const, bytes: Buffer.concat([head, randomBytes(MIB), Buffer.from('\nendstream')]) },
  }))
  return appendRevision(file, pictures).bytes
}

/** A folder of documents that are judged alike. */
export interface DocumentSet {
  readonly name: string
  readonly files: readonly string[]
  readonly roots: readonly string[]
}

/** Gives the sets of a corpus; none where it is not there. */
export function corpusSets(corpus: string): readonly DocumentSet[] {
  if (!existsSync(join(corpus, 'roots'))) return []
  const list = (name: string): readonly string[] =>
    readdirSync(join(corpus, name)).map((file) => join(corpus, name, file))
  return ['rsa200', 'ec200', 'lta20', 'inc50'].map((name) => ({ name, files: list(name), roots: list('roots') }))
}

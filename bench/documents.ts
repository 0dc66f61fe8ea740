import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openPdf } from '../src/model/pdf/pdf-file.ts'
import { appendRevision } from '../src/model/pdf/revision.ts'
import { pdfReference } from '../src/model/pdf/values.ts'
import {
  issueCertificate,
  type MadeIdentity,
  makeEndEntity,
  makeKeyPair,
  signPdf,
  toPem,
  validYears,
} from '../src/seal/index.ts'
import { kaisAttest, makeAttest } from '../src/typeset/index.ts'
import type { ToSign } from './pyhanko.ts'

const SIGNED = new Date(Date.now() - 86_400_000)
const VALID = validYears(new Date(Date.now() - 30 * 86_400_000), 2)
const MIB = 1024 * 1024

/** Documents that are made for the benchmark, with the CA that they rest on. */
export interface Workshop {
  /** PEM of the CA. */
  readonly root: string
  /** One-page documents, each signed by somebody else, whose certificate the CA issued itself. */
  bySigners(count: number): Promise<readonly string[]>
  /** Gives pages for others to sign: each with a person of its own, whose certificate an issuing CA below the CA issued. */
  toSign(pages: readonly Uint8Array[]): Promise<readonly ToSign[]>
  /** A document with so many MiB of pictures, signed once. */
  ofSize(mebibytes: number): string
  /** A one-page document with so many signatures, one after another. */
  withSignatures(count: number): string
}

/** Opens a workshop in a folder of its own. */
export async function openWorkshop(folder: string): Promise<Workshop> {
  mkdirSync(folder, { recursive: true })
  const ca = await makeAuthority('Bench CA', 1, null)
  const issuing = await makeAuthority('Bench Issuing CA', 0, ca)
  const citizen = (commonName: string, issuer = ca): Promise<MadeIdentity> => {
    const subject = { country: 'DK', commonName }
    return makeEndEntity(issuer, { profile: 'citizen', subject, validity: VALID, kind: 'ec-p256' })
  }
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
    bySigners: (count) =>
      each(count, async (i) => write(`signer-${i}.pdf`, sign(page, await citizen(`Citizen ${i}`), 'Signature1'))),
    toSign: async (pages) => {
      const issuers = [ca, issuing].map((one, i) => write(`issuer-${i}.pem`, Buffer.from(one.certificatePem)))
      return await each(pages.length, async (i) => {
        const { privateKey, certificatePem } = await citizen(`Citizen ${i}`, issuing)
        return {
          page: write(`page-${i}.pdf`, pages[i] ?? page),
          key: write(`key-${i}.pem`, Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
          certificate: write(`citizen-${i}.pem`, Buffer.from(certificatePem)),
          issuers,
          out: join(folder, `issued-${i}.pdf`),
        }
      })
    },
    ofSize: (mebibytes) => write(`size-${mebibytes}.pdf`, sign(withPictures(page, mebibytes), kai, 'Signature1')),
    withSignatures: (count) => {
      let pdf = page
      for (let i = 1; i <= count; i += 1) pdf = sign(pdf, kai, `Signature${i}`)
      return write(`signatures-${count}.pdf`, pdf)
    },
  }
}

async function each<T>(count: number, make: (i: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = []
  for (let i = 0; i < count; i += 1) made.push(await make(i))
  return made
}

async function makeAuthority(
  commonName: string,
  pathLength: number,
  above: MadeIdentity | null,
): Promise<MadeIdentity> {
  const { privateKey, publicKey } = await makeKeyPair('rsa-2048')
  const subject = { country: 'DK', organization: 'Bench', commonName }
  const issuer = above ?? { privateKey, certificate: null }
  const certificate = issueCertificate({ profile: 'ca', subject, publicKey, pathLength, ...VALID }, issuer)
  const certificateChain = [certificate, ...(above?.certificateChain ?? [])]
  return { privateKey, certificate, certificatePem: toPem(certificate), certificateChain }
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

/** Takes signed documents of one signature; gives them as they were before it: up to the end of the first revision. */
export function beforeSigning(files: readonly string[]): readonly Uint8Array[] {
  return files.map((file) => {
    const bytes = readFileSync(file)
    return bytes.subarray(0, bytes.indexOf('%%EOF') + 6)
  })
}

/** Gives the sets of a corpus; none where it is not there. */
export function corpusSets(corpus: string): readonly DocumentSet[] {
  if (!existsSync(join(corpus, 'roots'))) return []
  const list = (name: string): readonly string[] =>
    readdirSync(join(corpus, name)).map((file) => join(corpus, name, file))
  return ['rsa200', 'ec200', 'lta20', 'inc50'].map((name) => ({ name, files: list(name), roots: list('roots') }))
}

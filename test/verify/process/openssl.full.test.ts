import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPemOrDer, type SignatureReport, verifyDocument } from '../../../src/verify/index.ts'
import { gapOf, signPdf, writePdf } from '../../support/make-signed-pdf.ts'

/** Signers made by OpenSSL alone, so that neither keys nor CMS share anything with what judges them. */
const KEYS: readonly (readonly [
  string,
  readonly string[],
  readonly string[],
  SignatureReport['signatureAlgorithm'],
])[] = [
  ['RSA-2048', ['-newkey', 'rsa:2048'], ['-md', 'sha256'], 'rsa-pkcs1'],
  ['RSA-3072 with SHA-512', ['-newkey', 'rsa:3072'], ['-md', 'sha512'], 'rsa-pkcs1'],
  ['RSA-PSS', ['-newkey', 'rsa:2048'], ['-md', 'sha256', '-keyopt', 'rsa_padding_mode:pss'], 'rsa-pss'],
  [
    'RSA-PSS with SHA-384',
    ['-newkey', 'rsa:2048'],
    ['-md', 'sha384', '-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:48'],
    'rsa-pss',
  ],
  ['P-256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['-md', 'sha256'], 'ecdsa'],
  ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], ['-md', 'sha384'], 'ecdsa'],
  ['P-521', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-521'], ['-md', 'sha512'], 'ecdsa'],
]

let folder = ''
const path = (name: string): string => join(folder, name)
const openssl = (...args: readonly string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
}
const der = (name: string): Uint8Array => readPemOrDer(new Uint8Array(readFileSync(path(name))))[0] ?? new Uint8Array()

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'poststempel-openssl-'))
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=OpenSSL CA',
  )
  writeFileSync(path('leaf.ext'), 'keyUsage=critical,digitalSignature,nonRepudiation\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function makeSigner(newKey: readonly string[]): void {
  openssl('req', ...newKey, '-nodes', '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=Kai Jensen')
  openssl(
    'x509',
    '-req',
    '-in',
    'leaf.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-days',
    '10',
    '-extfile',
    'leaf.ext',
    '-out',
    'leaf.pem',
  )
}

function signWithOpenssl(covered: Buffer, options: readonly string[]): Uint8Array {
  writeFileSync(path('covered'), covered)
  openssl(
    'cms',
    '-sign',
    '-binary',
    '-cades',
    '-in',
    'covered',
    '-signer',
    'leaf.pem',
    '-inkey',
    'leaf.key',
    ...options,
    '-outform',
    'DER',
    '-out',
    'cms.der',
  )
  return new Uint8Array(readFileSync(path('cms.der')))
}

const judge = (pdf: Uint8Array) =>
  verifyDocument(pdf, { validationTime: new Date(), trustAnchors: [der('ca.pem')], checkRevocation: 'if-present' })

describe('a PDF signed by OpenSSL', () => {
  for (const [name, newKey, options, algorithm] of KEYS) {
    for (const subFilter of ['adbe.pkcs7.detached', 'ETSI.CAdES.detached']) {
      it(`with ${name} as ${subFilter} passes, and with a byte flipped is refused`, () => {
        makeSigner(newKey)
        const pdf = signPdf(writePdf(), {
          subFilter,
          reserved: 6000,
          sign: (covered) => signWithOpenssl(covered, options),
        })
        const report = judge(pdf)
        expect(report.signatures).toMatchObject([{ intact: true, trusted: true, signatureAlgorithm: algorithm }])
        expect(report.indication).toBe('TOTAL-PASSED')
        const { open, close } = gapOf(pdf)
        for (const at of [10, pdf.indexOf('tank'), open - 20, close + 20, pdf.length - 8]) {
          const changed = Buffer.from(pdf)
          changed[at] = (changed[at] ?? 0) ^ 1
          expect(judge(changed).indication, `byte ${at}`).not.toBe('TOTAL-PASSED')
        }
      })
    }
  }
})

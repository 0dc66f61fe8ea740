import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseSignedData, verifySignerInfo } from '../../../src/verify/cms/index.ts'
import { parseOcspResponse } from '../../../src/verify/revocation/index.ts'
import {
  parseCertificate,
  parseCertificateList,
  prepareTrustStore,
  readPemOrDer,
  validateCertificate,
} from '../../../src/verify/x509/index.ts'
import { flipped } from '../make-pki.ts'

/** What OpenSSL makes with each kind of key, we verify; and where a byte is turned, we do not. */

const folder = mkdtempSync(join(tmpdir(), 'poststempel-openssl-'))
const at = (name: string): string => join(folder, name)
const openssl = (...args: readonly string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
}
afterAll(() => rmSync(folder, { recursive: true }))

const content = Buffer.from('Olietanken er sløjfet den 1. juni.\r\n')
writeFileSync(at('content'), content)
writeFileSync(at('leaf.ext'), 'keyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\n')
writeFileSync(at('ocsp.ext'), 'keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=ignored\n')

const der = (name: string): Uint8Array => {
  const [first] = readPemOrDer(new Uint8Array(readFileSync(at(name))))
  if (!first) throw new Error(`${name} is empty`)
  return first
}

interface Kind {
  readonly name: string
  readonly key: readonly string[]
  readonly certificate?: readonly string[]
  /** Null: OpenSSL 3.0 makes no CMS with such a key; the quick tests have our own. */
  readonly cms?: readonly string[] | null
  readonly scheme: string
}
const PSS = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32']
const kinds: readonly Kind[] = [
  { name: 'rsa', key: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], scheme: 'rsa-pkcs1' },
  {
    name: 'pss',
    key: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
    certificate: PSS,
    cms: ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:32'],
    scheme: 'rsa-pss',
  },
  {
    name: 'pss-other-mask',
    key: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
    certificate: [...PSS, '-sigopt', 'rsa_mgf1_md:sha512'],
    cms: ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_mgf1_md:sha512', '-keyopt', 'rsa_pss_saltlen:20'],
    scheme: 'rsa-pss',
  },
  {
    name: 'pss-key',
    key: ['RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'],
    cms: ['-keyopt', 'rsa_padding_mode:pss'],
    scheme: 'rsa-pss',
  },
  { name: 'p256', key: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], scheme: 'ecdsa' },
  { name: 'p521', key: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-521'], scheme: 'ecdsa' },
  { name: 'brainpool', key: ['EC', '-pkeyopt', 'ec_paramgen_curve:brainpoolP256r1'], scheme: 'ecdsa' },
  { name: 'ed25519', key: ['ED25519'], cms: null, scheme: 'ed25519' },
  { name: 'ed448', key: ['ED448'], cms: null, scheme: 'ed448' },
]

function makeChain({ name, key, certificate = [] }: Kind): void {
  for (const who of ['root', 'leaf', 'ocsp']) openssl('genpkey', '-algorithm', ...key, '-out', `${name}-${who}.key`)
  const root = ['-key', `${name}-root.key`, '-out', `${name}-root.pem`, '-days', '30', '-subj', `/C=DK/CN=Rod ${name}`]
  openssl('req', '-x509', '-new', ...root, ...certificate)
  for (const who of ['leaf', 'ocsp']) {
    openssl(
      'req',
      '-new',
      '-key',
      `${name}-${who}.key`,
      '-subj',
      `/CN=${who}`,
      '-out',
      `${name}-${who}.csr`,
      ...certificate,
    )
    const issuer = ['-CA', `${name}-root.pem`, '-CAkey', `${name}-root.key`, '-CAcreateserial', '-days', '20']
    const files = ['-in', `${name}-${who}.csr`, '-out', `${name}-${who}.pem`, '-extfile', `${who}.ext`]
    openssl('x509', '-req', ...issuer, ...files, ...certificate)
  }
}

describe.each(kinds)('with keys of kind $name', (kind) => {
  makeChain(kind)
  const leaf = parseCertificate(der(`${kind.name}-leaf.pem`))
  const trustAnchors = prepareTrustStore([der(`${kind.name}-root.pem`)])
  const options = { trustAnchors, validationTime: new Date(), checkRevocation: 'off', purpose: 'email' } as const

  it('the certification path holds, and not with a byte turned', () => {
    expect(validateCertificate(leaf, options)).toMatchObject({ indication: 'PASSED' })
    const inName = Buffer.from(leaf.bytes).indexOf(Buffer.from('leaf'))
    const altered = parseCertificate(flipped(leaf.bytes, inName))
    expect(validateCertificate(altered, options).subIndication).toBe('NO_CERTIFICATE_CHAIN_FOUND')
  })

  if (kind.cms === null) return
  it('the CMS holds, and not over other content', () => {
    const signer = [
      '-signer',
      `${kind.name}-leaf.pem`,
      '-inkey',
      `${kind.name}-leaf.key`,
      '-md',
      'sha256',
      ...(kind.cms ?? []),
    ]
    const files = ['-in', 'content', '-outform', 'DER', '-out', `${kind.name}.p7s`, '-binary', '-cades']
    openssl('cms', '-sign', ...files, ...signer)
    const cms = parseSignedData(new Uint8Array(readFileSync(at(`${kind.name}.p7s`))))
    const [info] = cms.signerInfos
    if (!info) throw new Error('no signer')
    const judge = (bytes: Uint8Array) =>
      verifySignerInfo(cms, info, {
        digestOf: (algorithm) => createHash(algorithm).update(bytes).digest(),
        bytes: () => bytes,
      })
    expect(judge(content)).toMatchObject({
      intact: true,
      certificateBinding: 'bound',
      algorithmsAgree: true,
      signatureAlgorithm: kind.scheme,
      digestAlgorithm: 'sha256',
    })
    expect(judge(flipped(content, 0)).intact).toBe(false)
  })
})

describe('revocation data made by OpenSSL', () => {
  makeChain({ name: 'revocation', key: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], scheme: 'ecdsa' })
  const leaf = parseCertificate(der('revocation-leaf.pem'))
  const trustAnchors = prepareTrustStore([der('revocation-root.pem')])

  const ca = `[ca]\ndefault_ca=x\n[x]\ndatabase=${at('index')}\nnew_certs_dir=${folder}\ncrlnumber=${at('number')}\ndefault_md=sha256\ndefault_crl_days=5\npolicy=p\n[p]\ncommonName=supplied\n`
  writeFileSync(at('ca.cnf'), ca)
  writeFileSync(at('number'), '01\n')

  function indexWith(status: 'V' | 'R'): void {
    const serial = leaf.serial.toUpperCase().padStart(leaf.serial.length + (leaf.serial.length % 2), '0')
    const revoked = status === 'R' ? '260101000000Z,keyCompromise' : ''
    writeFileSync(at('index'), `${status}\t350101000000Z\t${revoked}\t${serial}\tunknown\t/CN=leaf\n`)
    writeFileSync(at('index.attr'), 'unique_subject = no\n')
  }
  const validate = (evidence: object) =>
    validateCertificate(leaf, { trustAnchors, validationTime: new Date(Date.now() + 1000), ...evidence })

  it.each([
    ['V', 'PASSED', null],
    ['R', 'INDETERMINATE', 'REVOKED_NO_POE'],
  ] as const)('a CRL with status %s gives %s', (status, indication, subIndication) => {
    indexWith(status)
    const signer = ['-keyfile', 'revocation-root.key', '-cert', 'revocation-root.pem']
    openssl('ca', '-config', 'ca.cnf', '-gencrl', ...signer, '-out', 'test.crl')
    const crls = [parseCertificateList(der('test.crl'))]
    expect(validate({ crls })).toMatchObject({ indication, subIndication })
  })

  it.each([
    ['V', 'PASSED', null],
    ['R', 'INDETERMINATE', 'REVOKED_NO_POE'],
  ] as const)(
    'an OCSP response of a delegated responder with status %s gives %s',
    (status, indication, subIndication) => {
      indexWith(status)
      openssl('ocsp', '-issuer', 'revocation-root.pem', '-cert', 'revocation-leaf.pem', '-reqout', 'test.req')
      const responder = [
        '-rsigner',
        'revocation-ocsp.pem',
        '-rkey',
        'revocation-ocsp.key',
        '-CA',
        'revocation-root.pem',
      ]
      openssl('ocsp', '-index', 'index', ...responder, '-reqin', 'test.req', '-respout', 'test.resp', '-ndays', '2')
      const ocsps = [parseOcspResponse(new Uint8Array(readFileSync(at('test.resp'))))]
      expect(validate({ ocsps })).toMatchObject({ indication, subIndication })
    },
  )
})

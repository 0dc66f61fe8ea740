import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { endOfAlgorithm } from '../../../src/verify/blocks/algorithm-end.ts'
import { algorithmPolicyWith, DEFAULT_ALGORITHM_POLICY, verifyDocument } from '../../../src/verify/index.ts'
import { makeCa, makeLeaf, NOW } from '../make-pki.ts'
import { ca, signedPdf, signWith } from '../process/pdf-cases.ts'

const END = '2029-01-01T00:00:00Z'

/** ETSI TS 119 312 V1.5.1, legacy (L: to the end of 2028) and recommended (R: no end). */
describe('the default policy ends as ETSI TS 119 312 V1.5.1 says', () => {
  it.each([
    ...['sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-384', 'sha3-512'].map((name) => [name, null] as const),
    ...['rsa:3000', 'rsa:4096', 'rsa-pss:3072', 'dsa:3072'].map((name) => [name, null] as const),
    ...['ec:256', 'ec:384', 'ec:521', 'rsa-pss', 'ecdsa', 'dsa'].map((name) => [name, null] as const),
    ...['sha224', 'rsa-pkcs1', 'rsa:1900', 'rsa:2048', 'rsa:2999'].map((name) => [name, END] as const),
    ...['rsa-pss:2048', 'dsa:2048', 'ec:224', 'sha3-224', 'sha512-224'].map((name) => [name, END] as const),
    ...['sha1', 'ripemd160', 'rsa:1024', 'rsa:1899', 'dsa:1024'].map((name) => [name, '2014-01-01T00:00:00Z'] as const),
    ['rsa:512', '1970-01-01T00:00:00.000Z'],
  ] as const)('%s: %s', (name, until) => {
    expect(endOfAlgorithm(name, DEFAULT_ALGORITHM_POLICY)).toBe(until)
  })

  it('for a signature, its path and evidence alike', () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 3072 })
    const large = makeCa('Large', undefined, [], { keys, notAfter: new Date('2040-01-01T00:00:00Z') })
    const who = makeLeaf('Kai', large, [], { notAfter: new Date('2040-01-01T00:00:00Z') })
    const at = (validationTime: Date) =>
      verifyDocument(signedPdf({ sign: signWith(who) }), {
        validationTime,
        trustAnchors: [large.certificate.bytes],
        checkRevocation: 'off',
      }).signatures[0]
    expect(at(new Date('2028-12-31T23:59:59Z'))?.indication).toBe('TOTAL-PASSED')
    const late = at(new Date('2029-01-01T00:00:00Z'))
    expect(late).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE' })
    expect(late?.findings.map(({ code }) => code)).toContain('signature-scheme-too-weak')
  })
})

describe('the algorithm policy', () => {
  it('is the default where nothing is changed, and says in the report where something is', () => {
    expect(algorithmPolicyWith({})).toBe(DEFAULT_ALGORITHM_POLICY)
    const policy = algorithmPolicyWith({ digests: { sha256: '2020-01-01T00:00:00Z' } })
    expect(policy.digests['sha512']).toBe(null)
    const judged = (changed: boolean) =>
      verifyDocument(signedPdf(), {
        validationTime: NOW,
        trustAnchors: [ca.certificate.bytes],
        checkRevocation: 'off',
        ...(changed ? { policy } : {}),
      }).signatures[0]
    expect(judged(false)).toMatchObject({ indication: 'TOTAL-PASSED', policy: 'poststempel-algorithms-2' })
    expect(judged(true)).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
      policy: 'poststempel-algorithms-2-changed',
    })
  })
})

import { describe, expect, it } from 'vitest'
import { algorithmPolicyWith, DEFAULT_ALGORITHM_POLICY, verifyDocument } from '../../../src/verify/index.ts'
import { NOW } from '../make-pki.ts'
import { ca, signedPdf } from '../process/pdf-cases.ts'

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
    expect(judged(false)).toMatchObject({ indication: 'TOTAL-PASSED', policy: 'poststempel-algorithms-1' })
    expect(judged(true)).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
      policy: 'poststempel-algorithms-1-changed',
    })
  })
})

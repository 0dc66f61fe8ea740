import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readChildren, readElement } from '../../../src/verify/der/index.ts'
import { parseAlgorithmIdentifier } from '../../../src/verify/x509/algorithm-identifier.ts'
import {
  type PathConclusion,
  type PathOptions,
  prepareTrustStore,
  validateCertificate,
} from '../../../src/verify/x509/index.ts'
import { makePublicKeyInfo } from '../../../src/verify/x509/public-key.ts'
import { signatureCost } from '../../../src/verify/x509/signature-cost.ts'
import { type Authority, certify, certifyEachOther, makeAuthority, makeLadder } from '../make-mesh.ts'
import { basicConstraints, daysFromNow, type Identity, makeLeaf, NOW } from '../make-pki.ts'

const SLOW_MACHINE = 5

function judge(
  leaf: Identity,
  heap: readonly Identity[],
  anchors: readonly Identity[],
  more: Partial<PathOptions> = {},
): { conclusion: PathConclusion; ms: number } {
  const trustAnchors = prepareTrustStore(anchors.map((one) => one.certificate.bytes))
  const intermediates = heap.map((one) => one.certificate)
  const from = performance.now()
  const conclusion = validateCertificate(leaf.certificate, {
    trustAnchors,
    intermediates,
    validationTime: NOW,
    checkRevocation: 'off',
    ...more,
  })
  return { conclusion, ms: performance.now() - from }
}

const leafOf = (issuer: Authority): Identity =>
  makeLeaf('Kai', { ...issuer, certificate: certify(issuer, issuer).certificate })

describe('a path over 30 CAs', () => {
  it('is found among circles, short cuts to nowhere and strangers', () => {
    const { leaf, heap, anchor } = makeLadder(30)
    const { conclusion, ms } = judge(leaf, heap, [anchor])
    expect(conclusion.indication).toBe('PASSED')
    expect(conclusion.path.length).toBe(32)

    expect(ms).toBeLessThan(100 * SLOW_MACHINE)
  })

  it('is found where the heap is handed in any order', () => {
    const { leaf, heap, anchor } = makeLadder(12)
    for (const order of [
      heap.toReversed(),
      heap.toSorted((a, b) => (a.certificate.sha256 < b.certificate.sha256 ? -1 : 1)),
    ]) {
      expect(judge(leaf, order, [anchor]).conclusion.indication).toBe('PASSED')
    }
  })
})

describe('a hostile heap', () => {
  it('of CAs that all certify each other, below a name that did not sign them, ends surely in no path', () => {
    const cas = Array.from({ length: 25 }, (_, i) => makeAuthority(`Mesh ${i}`))
    const [first, last] = [cas[0], cas.at(-1)]
    if (!first || !last) throw new Error('mesh is empty')
    const root = makeAuthority('Root')
    const forger = { ...makeAuthority('Root'), subject: root.subject }
    const heap = [...certifyEachOther(cas), certify(last, forger)]
    const { conclusion, ms } = judge(leafOf(first), heap, [certify(root, root)])
    expect(conclusion).toMatchObject({ subIndication: 'NO_CERTIFICATE_CHAIN_FOUND', trusted: false })

    expect(ms).toBeLessThan(1000 * SLOW_MACHINE)
  })

  it('of the same kind, with a leaf that no path can save, is given up by its budget', () => {
    const cas = Array.from({ length: 12 }, (_, i) => makeAuthority(`Mesh ${i}`))
    const [first, last] = [cas[0], cas.at(-1)]
    if (!first || !last) throw new Error('mesh is empty')
    const root = makeAuthority('Root')
    const heap = [...certifyEachOther(cas), certify(last, root)]
    const old = makeLeaf('Kai', { ...first, certificate: certify(first, first).certificate }, [], {
      notAfter: daysFromNow(-1),
    })
    const { conclusion, ms } = judge(old, heap, [certify(root, root)])
    expect(conclusion.subIndication).toBe('OUT_OF_BOUNDS_NO_POE')
    expect(conclusion.findings.map((one) => one.code)).toContain('path-budget-exhausted')

    expect(ms).toBeLessThan(1000 * SLOW_MACHINE)
  })

  it('of many keys under one name is not ranked without end', () => {
    const subject = makeAuthority('Same').subject
    const many = Array.from({ length: 1500 }, () => ({ ...makeAuthority('Same'), subject }))
    const heap = many.map((one, i) => certify(one, many[(i + 1) % many.length] ?? one))
    const [first] = many
    if (!first) throw new Error('heap is empty')
    const root = makeAuthority('Root')
    const bridge = certify({ ...makeAuthority('Same'), subject }, root)
    const { conclusion, ms } = judge(leafOf(first), [...heap, bridge], [certify(root, root)])
    expect(conclusion.indication).toBe('INDETERMINATE')

    expect(ms).toBeLessThan(1000 * SLOW_MACHINE)
  })

  it('of CAs that may not stand so high or name the leaf does not hide the path that holds', () => {
    const root = makeAuthority('Root')
    const cas = Array.from({ length: 10 }, (_, i) => makeAuthority(`Mesh ${i}`))
    const [first, last] = [cas[0], cas.at(-1)]
    if (!first || !last) throw new Error('mesh is empty')
    // Over a hundred thousand ways, all through certificates whose path length forbids them.
    const tight = cas.flatMap((subject) => cas.map((issuer) => certify(subject, issuer, [basicConstraints(0)])))
    const sound = [certify(first, last), certify(last, root)]
    const { conclusion, ms } = judge(leafOf(first), [...tight, ...sound], [certify(root, root)])
    expect(conclusion.indication).toBe('PASSED')

    expect(ms).toBeLessThan(1000 * SLOW_MACHINE)
  })
})

it('a check by a slow key counts as several', () => {
  const cost = (key: KeyObject): number => {
    const bytes = new Uint8Array(key.export({ type: 'spki', format: 'der' }))
    const [algorithm, bits] = readChildren(readElement(bytes))
    if (!algorithm || !bits) throw new Error('no key')
    return signatureCost(makePublicKeyInfo(bytes, parseAlgorithmIdentifier(algorithm), bits.content))
  }
  const ec = (namedCurve: string): number => cost(generateKeyPairSync('ec', { namedCurve }).publicKey)
  const rsa = (modulusLength: number): number => cost(generateKeyPairSync('rsa', { modulusLength }).publicKey)
  expect([ec('P-256'), ec('P-384'), ec('P-521')]).toEqual([1, 1, 1])
  expect([ec('sect571r1'), ec('brainpoolP512r1')]).toEqual([8, 8])
  expect([rsa(2048), rsa(3072)]).toEqual([1, 4])
  expect(cost(generateKeyPairSync('ed25519').publicKey)).toBe(1)
  // A curve by an identifier that is cut off, as bytes of a stranger's certificate may have it.
  const cut = readElement(Uint8Array.of(0x06, 1, 0x80))
  const key = new Uint8Array()
  const algorithm = { oid: '1.2.840.10045.2.1', parameters: cut, bytes: key }
  expect(signatureCost(makePublicKeyInfo(key, algorithm, key))).toBe(8)
  const root = makeAuthority('Root')
  const ca = makeAuthority('CA')
  const slow = { ...ca, ...generateKeyPairSync('ec', { namedCurve: 'brainpoolP512r1' }) }
  const answer = (one: Authority, maxSignatureChecks: number) =>
    judge(leafOf(one), [certify(one, root)], [certify(root, root)], { limits: { maxSignatureChecks } }).conclusion
      .indication
  expect(answer(ca, 2)).toBe('PASSED')
  expect(answer(slow, 2)).toBe('INDETERMINATE')
  expect(answer(slow, 9)).toBe('PASSED')
})

describe('the search in any small mesh', () => {
  const SIZE = 5
  const root = makeAuthority('Root')
  const cas = Array.from({ length: SIZE }, (_, i) => makeAuthority(`Mesh ${i}`))
  const anchor = certify(root, root)
  const pathLengths = [null, 0, 1, 2] as const
  const leaf = leafOf(cas[0] ?? root)
  const made = new Map<string, Identity>()
  /** Number SIZE is the root. */
  type Edge = readonly [subject: number, issuer: number, pathLength: number | null]
  const link = (edge: Edge): Identity => {
    const [subject, issuer, pathLength] = edge
    const known = made.get(String(edge))
    if (known) return known
    const [of, by] = [cas[subject], cas[issuer] ?? root]
    if (!of) throw new RangeError('no such CA')
    const one = certify(of, by, [pathLength === null ? basicConstraints() : basicConstraints(pathLength)])
    made.set(String(edge), one)
    return one
  }
  /** All ways without a CA twice, one by one: what the search must find without walking them all. */
  const hasPath = (at: number, edges: readonly Edge[], between: number, seen: readonly number[]): boolean =>
    edges.some(([subject, issuer, pathLength]) => {
      if (subject !== at || seen.includes(issuer) || between > (pathLength ?? SIZE)) return false
      return issuer === SIZE || hasPath(issuer, edges, between + 1, [...seen, issuer])
    })

  it('passes exactly where some way through it holds', () => {
    const edge = fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE), fc.constantFrom(...pathLengths))
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 14 }), (some) => {
        const edges = some.filter(([subject, issuer]) => subject !== issuer)
        const { conclusion } = judge(leaf, edges.map(link), [anchor])
        expect(conclusion.indication === 'PASSED').toBe(hasPath(0, edges, 0, [0]))
      }),
      { numRuns: 1500 },
    )
  })
})

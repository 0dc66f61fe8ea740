import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PathOptions, parseCertificate, prepareTrustStore, validateCertificate } from '../src/verify/x509/index.ts'
import { type Authority, certify, certifyEachOther, makeAuthority, makeLadder } from '../test/verify/make-mesh.ts'
import { daysFromNow, type Identity, makeCa, makeKeys, makeLeaf, NOW } from '../test/verify/make-pki.ts'
import { type Figure, lessIsBetter } from './figure.ts'

const RUNS = 9
const ANCHORS = 10_000

/**
 * Certification paths on made certificates (ECDSA on P-256), milliseconds, median: a path over 30 CAs among circles and
 * strangers, beside `openssl verify` as a process on the same files where it has an answer; meshes that are made to
 * cost; and what 10,000 anchors cost to load and to each verification.
 */
export async function benchPaths(): Promise<readonly Figure[]> {
  return [ladder(), ...hostile(), ...anchors()]
}

interface Case {
  readonly leaf: Identity
  readonly heap: readonly Identity[]
  readonly anchor: Identity
}

/** Judges once with nothing worked out before: certificates are read anew for each run, and that is not timed. */
function judge({ leaf, heap, anchor }: Case, expected: string, more: Partial<PathOptions> = {}): () => void {
  const trustAnchors = prepareTrustStore([anchor.certificate.bytes])
  // New objects: what a run finds out about signatures is kept by object.
  const anew = ({ certificate }: Identity): typeof certificate => parseCertificate(certificate.bytes)
  const fresh = anew(leaf)
  const intermediates = heap.map(anew)
  const options = { trustAnchors, intermediates, validationTime: NOW, checkRevocation: 'off' as const, ...more }
  return () => {
    const { indication } = validateCertificate(fresh, options)
    if (indication !== expected) throw new Error(`path is ${indication}, not ${expected}: nothing to time`)
  }
}

function ladder(): Figure {
  const mesh = makeLadder(30)
  // OpenSSL does not try another issuer of the same name: it ends in one of the circles, and its time is that of a no.
  const peers = opensslMs(mesh, [mesh.anchor.certificate.bytes])
  const ours = median(() => judge(mesh, 'PASSED'))
  return lessIsBetter({
    what: `path over 30 CAs, ${mesh.heap.length} in the heap`,
    unit: 'ms',
    ours,
    peer: 'openssl',
    peers,
  })
}

function hostile(): readonly Figure[] {
  const root = makeAuthority('Root')
  const anchor = certify(root, root)
  const forger = { ...makeAuthority('Root'), subject: root.subject }
  const cas = Array.from({ length: 25 }, (_, i) => makeAuthority(`Mesh ${i}`))
  const [first = root, last = root] = [cas[0], cas.at(-1)]
  const mesh = certifyEachOther(cas)
  const leafOf = (more = {}): Identity => makeLeaf('Leaf', asIdentity(first), [], more)
  const noWay = { leaf: leafOf(), heap: [...mesh, certify(last, forger)], anchor }
  const lost = { leaf: leafOf({ notAfter: daysFromNow(-1) }), heap: [...mesh, certify(last, root)], anchor }
  const cost = (what: string, one: Case): Figure => {
    const ours = median(() => judge(one, 'INDETERMINATE'))
    return lessIsBetter({
      what: `${what}, ${one.heap.length} in the heap`,
      unit: 'ms',
      ours,
      peer: 'limit',
      peers: 1000,
    })
  }
  return [cost('mesh below a forged anchor', noWay), cost('mesh that no path passes', lost)]
}

function anchors(): readonly Figure[] {
  const root = makeCa('Root')
  const ca = makeCa('CA', root)
  const leaf = makeLeaf('Leaf', ca)
  const keys = makeKeys()
  const many = Array.from(
    { length: ANCHORS },
    (_, i) => makeCa(`Anchor ${i}`, undefined, [], { keys }).certificate.bytes,
  )
  const ders = [...many, root.certificate.bytes]
  const loaded = median(() => () => void prepareTrustStore(ders))
  const parsed = median(() => () => void ders.map((der) => new X509Certificate(der)))
  const among = { trustAnchors: prepareTrustStore(ders) }
  const one = { leaf, heap: [ca], anchor: root }
  const ours = median(() => judge(one, 'PASSED', among))
  const peers = median(() => judge(one, 'PASSED'))
  return [
    lessIsBetter({ what: `${ANCHORS} anchors loaded`, unit: 'ms', ours: loaded, peer: 'node:crypto', peers: parsed }),
    lessIsBetter({ what: `verification among ${ANCHORS} anchors`, unit: 'ms', ours, peer: 'among 1', peers }),
  ]
}

const asIdentity = (authority: Authority): Identity => ({
  ...authority,
  certificate: certify(authority, authority).certificate,
})

/** A whole process of `openssl verify` on the same certificates, anchors read included. */
function opensslMs({ leaf, heap }: Case, anchors: readonly Uint8Array[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-bench-'))
  const pem = (name: string, ders: readonly Uint8Array[]): string => {
    const file = join(folder, name)
    writeFileSync(file, ders.map(toPem).join(''))
    return file
  }
  try {
    const untrusted = pem(
      'heap.pem',
      heap.map((one) => one.certificate.bytes),
    )
    const words = ['verify', '-attime', String(NOW.getTime() / 1000), '-CAfile', pem('roots.pem', anchors)]
    const all = [...words, '-untrusted', untrusted, pem('leaf.pem', [leaf.certificate.bytes])]
    return median(() => () => runs('openssl', all))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function runs(command: string, words: readonly string[]): void {
  try {
    execFileSync(command, words, { stdio: 'ignore' })
  } catch (fault) {
    // A no is an answer: only a program that is not there is none.
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') throw fault
  }
}

const toPem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`

/** Each run is prepared by itself, outside its time. */
function median(prepare: () => () => void): number {
  const times = Array.from({ length: RUNS }, () => {
    const work = prepare()
    const from = performance.now()
    work()
    return performance.now() - from
  }).sort((a, b) => a - b)
  return times[Math.floor(RUNS / 2)] ?? Number.NaN
}

import { GatewayError } from '../../../src/model/errors.ts'
import { findBrokenLink } from '../../../src/model/history.ts'
import { hashToken, newId, newToken } from '../../../src/model/ids.ts'
import type { Log } from '../../../src/model/ports.ts'
import type { VerificationReport } from '../../../src/model/report.ts'
import type { SealFacts } from '../../../src/model/seal.ts'
import type { Settings } from '../../../src/model/settings.ts'
import type { CandidateAnchor, WebDeps } from '../../../src/web/index.ts'
import { type MemoryStore, memoryStore } from '../../support/memory-store.ts'
import { webSettings } from './settings.ts'
import { trustOver } from './trust.ts'

export const NOW = new Date('2026-11-24T10:02:00.000Z')
export const CODE = '12345678'

/** What the pages asked other rooms to do, in order. */
export interface Called {
  readonly name: string
  readonly with: unknown
}

export interface FakeDeps extends WebDeps {
  readonly store: MemoryStore
  readonly called: Called[]
  /** Every line that was logged, as JSON. */
  readonly logged: string[]
}

const SEAL_OF_TESTS: SealFacts = {
  certificate: {
    sha256: 'ab'.repeat(32),
    kind: 'pkcs12',
    subject: 'CN=Søby Kommune - segl',
    chain: '',
    notBefore: '2026-01-01T00:00:00.000Z',
    notAfter: '2028-01-01T00:00:00.000Z',
    since: '2026-11-01T00:00:00.000Z',
  },
  algorithm: 'RSA 3072',
  issuers: ['CN=Prøve-CA'],
  readers: 'unknown',
  listing: { state: 'no-lists' },
  warnings: [],
  fault: null,
  former: [],
}

/** The pages' dependencies over a store in memory; other rooms are as simple as their contract allows. */
export function fakeDeps(changes: Partial<Omit<WebDeps, 'store'>> = {}): FakeDeps {
  const clock = changes.clock ?? (() => NOW)
  const store = memoryStore({ clock })
  const called: Called[] = []
  const logged: string[] = []
  const call = (name: string) => async (facts: unknown) => {
    called.push({ name, with: facts })
  }
  const settings = changes.settings ?? webSettings()
  return {
    settings,
    store,
    clock,
    called,
    logged,
    log: logInto(logged),
    findBrokenLink,
    municipalityPublicKey: async () => ({
      armored: '-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n',
      fingerprint: 'ab'.repeat(20),
    }),
    approve: call('approve'),
    reject: call('reject'),
    // The seeded numbers have no check digit that fits.
    parseCaseNumber: (typed) => /^\s*(\d{4})\D+(\d{6})\D+(\d)\s*$/.exec(typed)?.slice(1).join('-') ?? null,
    joinCases: async (join) => {
      called.push({ name: 'joinCases', with: join })
      const other = await store.caseByNumber(join.into)
      if (!other) throw new GatewayError('not-found', 'There is no case with this number')
      return other
    },
    isUntold: async () => false,
    settleToldOtherwise: call('settleToldOtherwise'),
    requestCode: call('requestCode'),
    redeemCode: async (ask) => {
      called.push({ name: 'redeemCode', with: ask })
      if (ask.code !== CODE) throw new GatewayError('wrong-code', 'This is not the code')
    },
    describeAnchor: () => null,
    policyReview: async () => null,
    testFile: async ({ name, planned }) => ({
      present: { ...emptyReport, file: name, indication: 'INDETERMINATE' },
      planned: planned ? { ...emptyReport, file: name, indication: 'TOTAL-PASSED' } : null,
    }),
    ...trustOver(store, clock, settings, called),
    ownKeys: async () => [],
    citizenKeyTimes: async () => ({ provenAt: null, end: { code: 'never' } }),
    withdrawCitizenKey: async (ask) => {
      called.push({ name: 'withdrawCitizenKey', with: ask })
    },
    sealFacts: async () => SEAL_OF_TESTS,
    testSeal: async () => {
      called.push({ name: 'testSeal', with: null })
      return 12.4
    },
    preservationFacts: async () => ({
      authority: null,
      status: await store.preservationStatus({ now: clock().toISOString(), weak: [], weakMadeBefore: '' }),
      last: null,
    }),
    takeUp: async (wanted) => {
      called.push({ name: 'takeUp', with: wanted })
    },
    retryJob: async (id) => {
      called.push({ name: 'retryJob', with: id })
      return true
    },
    ...lookUps(store),
    revokeLinks: async (ask) => {
      called.push({ name: 'revokeLinks', with: ask })
      return 1
    },
    newLinkChoice: async (caseId) => ({ parties: await store.partiesOfCase(caseId), number: 1 }),
    sendNewLink: call('sendNewLink'),
    acceptUpload: (upload) => acceptInto(store, settings, upload),
    acceptAddition: async (addition) => {
      called.push({ name: 'acceptAddition', with: { caseId: addition.caseId, nonce: addition.nonce } })
      return acceptInto(store, settings, { ...addition, trackingSecret: newToken() }, addition.caseId)
    },
    channelChoice: async () => ({ chosen: null, offered: [null, 'plain-mail', 'pickup'] }),
    chooseChannel: call('chooseChannel'),
    keyChoice: async () => ({ inForce: null, asked: null }),
    offerKey: call('offerKey'),
    proveKey: async (proof) => {
      called.push({ name: 'proveKey', with: proof })
      return { counts: true }
    },
    readForm,
    describeVerdict: (report) => ({
      headline: `Dom: ${report.indication ?? 'ERROR'}`,
      details: report.findings.map((finding) => finding.message),
      whatToDo: report.indication === 'TOTAL-PASSED' ? null : 'Ring til os.',
    }),
    describeRoute: (reason, language) => `${language}: ${reason}`,
    writeReport: async (report, format, about) => ({
      mediaType: `application/${format}`,
      bytes: Buffer.from(JSON.stringify({ file: report.file, format, ...about })),
    }),
    verifyFile: async (bytes, file) => ({ ...emptyReport, file, sha256: String(bytes.length) }),
    ...changes,
  }
}

/** A CA that nobody knows, from a waiting case. */
export const candidate: CandidateAnchor = {
  sha256: 'b2'.repeat(32),
  subject: 'CN=Ukendt CA,O=Firma ApS,C=DK',
  issuer: 'CN=Ukendt CA,O=Firma ApS,C=DK',
  notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: '2036-01-01T00:00:00.000Z',
  key: 'RSA 2048',
  isCa: true,
  selfSigned: true,
  der: new Uint8Array([1]),
  document: 'attest.pdf',
  signer: 'Anna Møller',
  wouldBe: 'TOTAL-PASSED',
}

export const emptyReport: VerificationReport = {
  schemaVersion: 1,
  id: null,
  file: null,
  mediaType: 'application/pdf',
  sha256: null,
  indication: 'NO-SIGNATURE',
  signatures: [],
  encrypted: false,
  parts: [],
  findings: [],
}

function logInto(lines: string[]): Log {
  const add = (facts: Readonly<Record<string, unknown>>, message: string): void => {
    lines.push(JSON.stringify({ ...facts, message }))
  }
  return { info: add, warn: add, error: add }
}

function lookUps(
  store: MemoryStore,
): Pick<WebDeps, 'caseStatus' | 'workingDaysLeft' | 'lookUpTracking' | 'lookUpGenuine' | 'reportOf'> {
  const find = async (token: string, kind: 'tracking' | 'genuine') => {
    const row = await store.token(hashToken(token))
    const usable = row?.kind === kind && row.revokedAt === null && row.expiresAt > NOW.toISOString()
    return usable ? row : null
  }
  const left = (dueOn: string): number => Math.round((Date.parse(dueOn) - Date.parse('2026-11-24')) / 86_400_000)
  return {
    workingDaysLeft: async (dueOn) => left(dueOn),
    caseStatus: async (caseId) => {
      const one = await store.case(caseId)
      if (!one) throw new GatewayError('not-found', 'no such case')
      const times = [
        ['received', one.receivedAt],
        ['checked', one.checkedAt],
        ['with-caseworker', one.decidedAt],
        ['answered', one.answeredAt],
        ['archived', one.archivedAt],
      ] as const
      const current = times.findIndex(([, at]) => at === null)
      return {
        steps: times.map(([id, at], i) => ({ id, at, state: i === current ? 'current' : at ? 'done' : 'waiting' })),
        queuePosition: await store.queuePosition(caseId),
        dueOn: one.dueOn,
        workingDaysLeft: one.answeredAt ? null : left(one.dueOn),
      }
    },
    lookUpTracking: (token) => find(token, 'tracking'),
    lookUpGenuine: async (token) => {
      const row = await find(token, 'genuine')
      return row?.caseId ? { caseId: row.caseId } : null
    },
    reportOf: async (documentId) => {
      const [row] = await store.verificationsOf([documentId])
      return row ? JSON.parse(Buffer.from(await store.blobs.get(row.reportSha256)).toString('utf8')) : null
    },
  }
}

/** Stores a form as the real one does. @param caseAtOnce the case that it stands in a moment later; null: in none */
export async function acceptInto(
  store: MemoryStore,
  settings: Settings,
  upload: Parameters<WebDeps['acceptUpload']>[0],
  caseAtOnce: string | null = 'case-of-a-form',
): ReturnType<WebDeps['acceptUpload']> {
  const raw = await store.blobs.putStream(upload.body, settings.web.maxUploadBytes)
  const at = NOW.toISOString()
  const id = newId(NOW.getTime())
  const accepted = await store.accept(
    {
      id,
      channel: 'upload',
      receivedAt: at,
      dedupKey: `upload:${upload.nonce}`,
      envelope: { from: null, to: [], remoteAddress: upload.remoteAddress, helo: null, tls: false },
      rawMediaType: 'multipart/form-data',
      rawSha256: raw.sha256,
      rawSize: raw.size,
      state: 'received',
      caseId: null,
      language: upload.language,
      problem: null,
      headers: null,
    },
    raw,
    [
      {
        tokenHash: hashToken(upload.trackingSecret),
        kind: 'tracking',
        submissionId: id,
        caseId: null,
        createdAt: at,
        expiresAt: '2099-01-01T00:00:00.000Z',
        revokedAt: null,
      },
    ],
  )
  // The pipeline would open the case a moment later.
  if (caseAtOnce !== null) {
    await store.commit((write) => write.updateSubmission(accepted.id, { state: 'cased', caseId: caseAtOnce }))
  }
  return { submissionId: accepted.id, duplicate: accepted.duplicate, trackingToken: upload.trackingSecret }
}

/** Node's own reader of forms stands in for ours. */
const readForm: WebDeps['readForm'] = async (contentType, body) => {
  const data = await new Response(Buffer.from(body), { headers: { 'content-type': contentType } }).formData()
  const fields: Record<string, string> = {}
  const files: { field: string; name: string; bytes: Uint8Array }[] = []
  for (const [field, value] of data) {
    if (typeof value === 'string') fields[field] = value
    else files.push({ field, name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) })
  }
  return { fields, files }
}

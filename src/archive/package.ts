import type { Document } from '../model/document.ts'
import { canonicalJson } from '../model/history.ts'
import { bearsCode } from '../model/letter.ts'
import type { Preservation } from '../model/preservation.ts'
import type { Settings } from '../model/settings.ts'
import type { Blobs } from '../model/store.ts'
import type { Instant } from '../model/time.ts'
import { type BagInfo, createBag } from './bag.ts'
import { describeCase, type PlacedFile, type TenantFacts } from './case-description.ts'
import type { Dossier } from './dossier.ts'
import { dublinCoreXml } from './dublin-core.ts'
import { packageFileName } from './package-names.ts'

/** A file of the package: bytes made here, or bytes that lie in the store under that SHA-256. */
export interface PackageFile {
  /** Relative to data/. */
  readonly path: string
  readonly content: { readonly text: string } | { readonly sha256: string }
}

/** A whole package, planned: writing it needs nothing but the blobs. */
export interface PackagePlan {
  readonly objid: string
  readonly files: readonly PackageFile[]
  readonly info: BagInfo
}

const SOFTWARE = 'Poststempel'

/**
 * Plans a case's information package: an E-ARK layout under data/<OBJID>/ inside a BagIt bag. The same dossier gives
 * the same plan. Names are safe and hold no personal number; the names as given stand in case.json.
 */
export function planPackage(
  dossier: Dossier,
  {
    objid,
    version,
    packedAt,
    tenant,
  }: {
    readonly objid: string
    readonly version: number
    readonly packedAt: Instant
    readonly tenant: TenantFacts
  },
): PackagePlan {
  const placed = [...originals(dossier), ...approvedCopies(dossier)]
  const evidence = evidenceFiles(dossier)
  const row = dossier.case
  const type = tenant.caseType
  const descriptive: PackageFile[] = [
    {
      path: 'metadata/descriptive/case.json',
      content: { text: stableJson(describeCase(dossier, placed, { objid, version, packedAt, tenant })) },
    },
    {
      path: 'metadata/descriptive/dc.xml',
      content: {
        text: dublinCoreXml({
          identifier: [objid, row.number],
          title: row.title,
          creator: tenant.municipality.name,
          date: row.receivedAt,
          language: row.language,
          subject: `KLE ${type.kle}`,
          type: type.title[row.language],
        }),
      },
    },
  ]
  const files = [...descriptive, ...placed.map(({ path, sha256 }) => ({ path, content: { sha256 } })), ...evidence]
  return {
    objid,
    files: files
      .map((file) => ({ ...file, path: `${objid}/${file.path}` }))
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    info: [
      ['Source-Organization', tenant.municipality.name],
      ['Bagging-Date', packedAt.slice(0, 10)],
      ['External-Identifier', objid],
      ['External-Description', `Case ${row.number}, version ${version}`],
      ['Bag-Software-Agent', SOFTWARE],
    ],
  }
}

/** Writes a planned package as a bag into an empty folder, one file in memory at a time. */
export async function writePackage(
  folder: string,
  plan: PackagePlan,
  blobs: Pick<Blobs, 'get'>,
): Promise<{ readonly fixity: string }> {
  const bag = createBag(folder)
  for (const { path, content } of plan.files) {
    await bag.addFile(path, 'text' in content ? Buffer.from(content.text, 'utf8') : await blobs.get(content.sha256))
  }
  return bag.finish(plan.info)
}

/** What the citizen sent, byte for byte: the raw messages, then the parts that were found in them. */
function originals({ submissions, documents }: Dossier): readonly PlacedFile[] {
  const base = 'representations/original/data'
  const raw = submissions.map((submission, index) => {
    const isMail = submission.rawMediaType.startsWith('message/rfc822')
    const name = `message-${String(index + 1).padStart(3, '0')}.${isMail ? 'eml' : 'form'}`
    return {
      path: `${base}/${name}`,
      sha256: submission.rawSha256,
      size: submission.rawSize,
      mediaType: submission.rawMediaType,
      originalName: null,
      documentId: documents.find(({ document }) => isRawOf(document, submission.id))?.document.id ?? null,
      derivedFrom: null,
    }
  })
  const parts = documents.filter(({ document }) => document.role === 'attachment' || document.role === 'body')
  return [
    ...raw,
    ...parts.map(({ document }, index) =>
      place(document, `${base}/${document.role === 'body' ? 'bodies' : 'attachments'}`, index + 1),
    ),
  ]
}

const isRawOf = (document: Document, submissionId: string): boolean =>
  document.role === 'message' && document.submissionId === submissionId

/** What we made of it: stamped and sealed copies, renditions, documents of letters. */
function approvedCopies({ documents }: Dossier): readonly PlacedFile[] {
  const folders: Partial<Record<Document['role'], string>> = {
    approved: 'representations/approved/data',
    rendition: 'representations/preservation/data',
    letter: 'representations/approved/data/letters',
  }
  return documents
    .map(({ document }) => ({ document, folder: folders[document.role] }))
    .flatMap(({ document, folder }, index) => (folder ? [place(document, folder, index + 1)] : []))
}

function place(document: Document, folder: string, number: number): PlacedFile {
  return {
    path: `${folder}/${packageFileName(document.name, number)}`,
    sha256: document.sha256,
    size: document.size,
    mediaType: document.mediaType,
    originalName: document.originalName ?? document.name,
    documentId: document.id,
    derivedFrom: document.derivedFrom,
  }
}

/** As archives and their tools know them (RFC 2585 §4, RFC 6960 appendix C). */
const ENDINGS = { issuer: 'issuer.cer', crl: 'list.crl', ocsp: 'answer.ors' } as const

/** Why anybody may believe it: the reports, the chained history, what was written and what became of it. */
function evidenceFiles({
  documents,
  preservations,
  validationData,
  history,
  letters,
}: Dossier): readonly PackageFile[] {
  const base = 'representations/evidence/data'
  const reports = documents.flatMap(({ verification }, index) =>
    verification
      ? [
          {
            path: `${base}/reports/${packageFileName('report.json', index + 1)}`,
            content: { sha256: verification.reportSha256 },
          },
        ]
      : [],
  )
  const mails = letters
    // A code was a key for ten minutes; it proves nothing and is not kept.
    .filter(({ letter }) => !bearsCode(letter.kind))
    .flatMap(({ deliveries }) => deliveries.flatMap(({ delivery }) => delivery.rawSha256 ?? []))
  // The same answer may stand for several documents.
  const answers = new Map(validationData.map((one) => [one.sha256, one.kind]))
  return [
    ...reports,
    ...[...answers].map(([sha256, kind], index) => ({
      path: `${base}/validation-data/${packageFileName(ENDINGS[kind], index + 1)}`,
      content: { sha256 },
    })),
    ...preservations.flatMap(timeStampFiles),
    { path: `${base}/history.json`, content: { text: stableJson(history) } },
    { path: `${base}/letters.json`, content: { text: stableJson(letters.map(letterRecord)) } },
    ...[...new Set(mails)].map((sha256, index) => ({
      path: `${base}/sent/${packageFileName('mail.eml', index + 1)}`,
      content: { sha256 },
    })),
  ]
}

/** Where a time-stamp and the list that it covers stand in a package; .tst as EN 319 162-1 §5.2.2 names tokens. */
export const timeStampPaths = ({
  seq,
}: Pick<Preservation, 'seq'>): { readonly list: string; readonly token: string } => {
  const folder = `representations/evidence/data/time-stamps/${String(seq).padStart(3, '0')}`
  return { list: `${folder}/list.sha512`, token: `${folder}/list.tst` }
}

function timeStampFiles(one: Preservation): readonly PackageFile[] {
  const { list, token } = timeStampPaths(one)
  return [
    { path: list, content: { sha256: one.manifestSha256 } },
    { path: token, content: { sha256: one.tokenSha256 } },
  ]
}

/** A delivery's state may change after the package is made; its evidence only grows, and is cut off in time. */
function letterRecord({ letter, deliveries }: Dossier['letters'][number]): unknown {
  const isCode = bearsCode(letter.kind)
  return {
    ...letter,
    bodyText: isCode ? null : letter.bodyText,
    deliveries: deliveries.map(({ delivery, evidence }) => ({
      id: delivery.id,
      channel: delivery.channel,
      routeReason: delivery.routeReason,
      address: delivery.address,
      messageId: delivery.messageId,
      rawSha256: isCode ? null : delivery.rawSha256,
      createdAt: delivery.createdAt,
      evidence,
    })),
  }
}

/** JSON with sorted keys, two spaces and a line end: the same value gives the same bytes. */
const stableJson = (value: unknown): string => `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`

/** Takes the settings; gives what a package says about its tenant. */
export function tenantFacts(settings: Pick<Settings, 'municipality' | 'caseTypes'>, caseTypeId: string): TenantFacts {
  const caseType = settings.caseTypes.find(({ id }) => id === caseTypeId)
  return {
    municipality: { name: settings.municipality.name, cvr: settings.municipality.cvr },
    caseType: caseType ?? { id: caseTypeId, title: { da: caseTypeId, en: caseTypeId }, kle: '00.01.00' },
  }
}

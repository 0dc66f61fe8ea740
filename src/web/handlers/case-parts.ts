import type { Case } from '../../model/case.ts'
import type { Document } from '../../model/document.ts'
import { GatewayError } from '../../model/errors.ts'
import { isQuarantined } from '../../model/malware.ts'
import type { Context } from '../http/context.ts'
import type { Reply } from '../http/reply.ts'
import type { JudgedDocument, LetterOnItsWay } from '../pages/citizen-documents.tsx'

/** Gives the case that the path names by its number. @throws GatewayError not-found */
export async function caseAsked({ deps, params }: Context): Promise<Case> {
  const one = await deps.store.caseByNumber(params['number'] ?? '')
  if (!one) throw new GatewayError('not-found', 'There is no such case')
  return one
}

/** What a citizen may see of the case's documents: what they sent, and what we made for them. */
export function documentsForCitizen(documents: readonly Document[]): readonly Document[] {
  return documents.filter(({ role }) => role !== 'body' && role !== 'rendition' && role !== 'opened')
}

/** Adds to each document its verdict, as stored and in words. */
export async function judged(context: Context, documents: readonly Document[]): Promise<readonly JudgedDocument[]> {
  const { deps, view } = context
  const verifications = await deps.store.verificationsOf(documents.map((document) => document.id))
  const reader = context.staff ? 'caseworker' : 'citizen'
  const found: JudgedDocument[] = []
  for (const document of documents) {
    const indication = verifications.find((one) => one.documentId === document.id)?.indication ?? null
    const report = indication ? await deps.reportOf(document.id) : null
    const verdict = report ? deps.describeVerdict(report, view.language, reader) : null
    found.push({ document, indication, verdict })
  }
  return found
}

/** Gives a case's letters with their deliveries, each with its route in words. */
export async function lettersOf(context: Context, caseId: string): Promise<readonly LetterOnItsWay[]> {
  const { deps, view } = context
  const found: LetterOnItsWay[] = []
  for (const letter of await deps.store.lettersOfCase(caseId)) {
    const deliveries = await deps.store.deliveriesOfLetter(letter.id)
    found.push({
      letter,
      deliveries: deliveries.map((delivery) => ({
        delivery,
        route: deps.describeRoute(delivery.routeReason, view.language),
      })),
    })
  }
  return found
}

/** Gives the bytes of the document that the path names, if it is among those. @throws GatewayError not-found */
export async function fileOf(
  context: Context,
  documents: readonly Document[],
  how: 'attachment' | 'inline',
): Promise<Reply> {
  const document = documents.find((one) => one.id === context.params['document'])
  if (!document) throw new GatewayError('not-found', 'There is no such document in this case')
  if (how === 'inline' && document.mediaType !== 'application/pdf') {
    throw new GatewayError('not-found', 'Only PDFs are shown in the browser')
  }
  if (isQuarantined(document)) throw new GatewayError('quarantined', 'Malware was found in it')
  const bytes = await context.deps.store.blobs.get(document.sha256)
  return { kind: 'file', name: document.name, mediaType: document.mediaType, bytes, inline: how === 'inline' }
}

/** A list's page from its address: 50 rows, and whether there is more. */
export const ROWS_A_PAGE = 50

/** Gives the number of the page asked for, from 1. */
export function pageAsked(context: Context): number {
  const page = Number(context.query.get('page') ?? '1')
  return Number.isInteger(page) && page >= 1 && page <= 100_000 ? page : 1
}

/** Reads one row more than a page holds, to know whether there is a next one. */
export async function readPage<T>(
  page: number,
  read: (window: { readonly limit: number; readonly offset: number }) => Promise<readonly T[]>,
): Promise<{ readonly rows: readonly T[]; readonly more: boolean }> {
  const rows = await read({ limit: ROWS_A_PAGE + 1, offset: (page - 1) * ROWS_A_PAGE })
  return { rows: rows.slice(0, ROWS_A_PAGE), more: rows.length > ROWS_A_PAGE }
}

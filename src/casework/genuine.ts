import type { Case } from '../model/case.ts'
import type { Reader } from '../model/store.ts'
import type { Instant } from '../model/time.ts'
import { findToken } from './tokens.ts'

/** What the genuineness page says to anybody who holds a stamped copy: no names, no contents. */
export interface Genuine {
  readonly caseId: string
  readonly caseNumber: string
  readonly municipality: string
  readonly decidedAt: Instant | null
  readonly state: Case['state']
  readonly copies: readonly {
    readonly approvedSha256: string
    /** Of the citizen's own document; null where it was erased by right. */
    readonly originalSha256: string | null
  }[]
}

/** Takes a genuineness token as it stands in the QR code; gives what it proves, or null where it opens nothing. */
export async function lookUpGenuine(
  read: Reader,
  token: string,
  { now, municipality }: { readonly now: Date; readonly municipality: string },
): Promise<Genuine | null> {
  const row = await findToken(read, token, 'genuine', now)
  const approved = row?.caseId ? await read.case(row.caseId) : null
  if (approved?.decision !== 'approved') return null
  const documents = await read.documentsOfCase(approved.id)
  const sha256Of = new Map(documents.map((document) => [document.id, document.sha256]))
  return {
    caseId: approved.id,
    caseNumber: approved.number,
    municipality,
    decidedAt: approved.decidedAt,
    state: approved.state,
    copies: documents
      .filter((document) => document.role === 'approved')
      .map((copy) => ({ approvedSha256: copy.sha256, originalSha256: sha256Of.get(copy.derivedFrom ?? '') ?? null })),
  }
}

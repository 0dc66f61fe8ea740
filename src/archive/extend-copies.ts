import type { Case } from '../model/case.ts'
import type { Document } from '../model/document.ts'
import { asGatewayError } from '../model/errors.ts'
import { newId, sha256Hex } from '../model/ids.ts'
import type { Log } from '../model/ports.ts'
import type { TimeStamp, TimeStampAuthority } from '../model/preservation.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import type { GatheredData } from '../model/validation-data.ts'

export interface ExtendCopiesParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly timestamps: TimeStampAuthority
  readonly gatherForKeeping: (document: Document) => Promise<readonly GatheredData[]>
  readonly extendSeal: (
    pdf: Uint8Array,
    evidence: readonly GatheredData[],
  ) => Promise<{ readonly pdf: Uint8Array; readonly stamp: TimeStamp }>
}

/** A rendition that is not stored yet, with what is in it. */
export interface Extended {
  readonly document: Document
  readonly bytes: Uint8Array
  readonly evidence: readonly GatheredData[]
  readonly stamp: TimeStamp
}

/** What a PDF that an admin put there by hand, or a broken one, may be: the list covers it all the same. */
const CANNOT_BE_EXTENDED: ReadonlySet<string> = new Set([
  'not-a-pdf',
  'malformed-pdf',
  'encrypted-input',
  'wrong-state',
])

/**
 * Makes of each sealed copy a rendition at PAdES B-LTA: of the newest rendition where there is one, so that its time-stamps
 * follow each other. The copy that the citizen has stays as it was sent.
 * @throws GatewayError timestamp-unavailable, timestamp-refused
 */
export async function extendCopies(
  one: Case,
  documents: readonly Document[],
  parts: ExtendCopiesParts,
): Promise<readonly Extended[]> {
  const made: Extended[] = []
  for (const copy of documents.filter(({ role }) => role === 'approved')) {
    const renditions = documents.filter(({ role, derivedFrom }) => role === 'rendition' && derivedFrom === copy.id)
    const extended = await extend(one, copy, renditions.at(-1) ?? copy, parts)
    if (extended) made.push(extended)
  }
  return made
}

async function extend(
  { language }: Case,
  copy: Document,
  newest: Document,
  { store, clock, log, gatherForKeeping, extendSeal }: ExtendCopiesParts,
): Promise<Extended | null> {
  const evidence = await gatherForKeeping(newest)
  try {
    const { pdf, stamp } = await extendSeal(await store.blobs.get(newest.sha256), evidence)
    const now = clock()
    const document: Document = {
      ...copy,
      id: newId(now.getTime()),
      role: 'rendition',
      name: renditionName(copy.name, language),
      sha256: sha256Hex(pdf),
      size: pdf.length,
      derivedFrom: copy.id,
      createdAt: instant(now),
    }
    return { document, bytes: pdf, evidence, stamp }
  } catch (thrown) {
    const { code } = asGatewayError(thrown)
    if (!CANNOT_BE_EXTENDED.has(code)) throw thrown
    log.warn({ documentId: copy.id, code }, 'sealed copy cannot be extended; the list covers it')
    return null
  }
}

const MAX_NAME = 120

function renditionName(name: string, language: Case['language']): string {
  const ending = language === 'da' ? '-tidsstemplet.pdf' : '-time-stamped.pdf'
  return `${[...name.replace(/\.pdf$/i, '')].slice(0, MAX_NAME - ending.length).join('')}${ending}`
}

import type { Document } from '../model/document.ts'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import type { Job } from '../model/job.ts'
import type { MalwareScan, MalwareScanner, ScanAnswer } from '../model/malware.ts'
import type { Log } from '../model/ports.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'

export interface ScanParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Null: none is configured. */
  readonly scanner: MalwareScanner | null
}

const AGAIN_AFTER_MS = 5 * 60_000

/**
 * The job "scan", between "normalise" and "verify": has each document of a submission scanned for malware, and writes
 * what the scanner said, the job "verify", and what was found into the history of a case that is there already, in one
 * commit that also finishes this job. Where the scanner is away it waits (scanner-unavailable is tried again), or, by
 * configuration, goes on as "not-scanned" with a job "scan" for later that does wait. May run twice.
 * @throws GatewayError scanner-unavailable (retryable), not-found, or a fault of the store
 */
export async function scanSubmission(job: Job, parts: ScanParts): Promise<void> {
  const { store, clock, log, scanner } = parts
  const id = job.payload['submissionId'] ?? job.key
  const isAgain = job.payload['again'] !== undefined
  if (!(await store.submission(id))) throw new GatewayError('not-found', 'The submission of this job is not there')
  const all = await store.documentsOfSubmission(id)
  const documents = all.filter(isToScan)
  const maySkip = !isAgain && scanner?.whenUnavailable !== 'wait'
  const found: { readonly document: Document; readonly malware: MalwareScan }[] = []
  for (const document of documents) {
    const answer = scanner ? await scanOne(document, scanner, store, maySkip) : OFF
    found.push({ document, malware: { ...answer, at: instant(clock()) } })
  }
  const isLacking = found.some(({ malware }) => malware.result === 'not-scanned' && malware.why === 'unavailable')
  const infected = found.filter(({ malware }) => malware.result === 'infected')
  const locked = infected.flatMap(({ document, malware }) =>
    all.filter((other) => holds(other, document)).map((other) => ({ document: other, malware })),
  )

  await store.commit(async (write) => {
    for (const { document, malware } of [...found, ...locked]) await write.updateDocument(document.id, { malware })
    const caseId = (await write.submission(id))?.caseId ?? null
    if (caseId !== null && isAgain && infected.length > 0) {
      await appendHistory(write, {
        caseId,
        at: instant(clock()),
        actor: { kind: 'system', id: null, name: null },
        event: 'malware-found',
        payload: { documents: infected.map(({ document }) => ({ documentId: document.id })) },
      })
    }
    if (isLacking) {
      const later = instant(new Date(clock().getTime() + AGAIN_AFTER_MS))
      await write.addJob('scan', `${id}:again`, { submissionId: id, again: '1' }, later)
    }
    if (!isAgain) await write.addJob('verify', id, { submissionId: id })
    await finishJob(write, job)
  })
  log.info(
    { submissionId: id, documents: found.length, infected: infected.length, isLacking },
    'A submission was scanned',
  )
}

/** The mail as it came, and the archive or mail that a file lay in, hold its bytes: they are locked with it. */
function holds(outer: Document, inner: Document): boolean {
  if (outer.id === inner.id) return false
  if (outer.role === 'message' || outer.role === 'opened') return true
  const [around, inside] = [outer.partPath, inner.partPath]
  if (around === null || inside === null) return false
  return inside.startsWith(around) && /^\D/.test(inside.slice(around.length))
}

const OFF: ScanAnswer = { result: 'not-scanned', why: 'off' }

const isToScan = ({ malware }: Document): boolean =>
  !malware || (malware.result === 'not-scanned' && malware.why === 'unavailable')

async function scanOne(
  document: Document,
  scanner: MalwareScanner,
  store: Store,
  maySkip: boolean,
): Promise<ScanAnswer> {
  const bytes = await store.blobs.get(document.sha256)
  try {
    return await scanner.scan(bytes)
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (fault.code !== 'scanner-unavailable' || !maySkip) throw fault
    return { result: 'not-scanned', why: 'unavailable' }
  }
}

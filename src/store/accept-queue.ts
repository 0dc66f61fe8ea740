import type { CompiledQuery } from 'kysely'
import type { CaseToken } from '../model/case.ts'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import type { BlobRef, Store } from '../model/store.ts'
import type { Submission } from '../model/submission.ts'
import type { Instant } from '../model/time.ts'
import { encode } from './codec.ts'
import { caseTokenColumns, submissionColumns } from './columns.ts'
import type { Engine } from './engine.ts'
import { readyJob } from './tables/jobs.ts'
import { inPieces } from './tables/rows.ts'

interface Waiting {
  readonly submission: Submission
  readonly raw: BlobRef
  readonly tokens: readonly CaseToken[]
  readonly answer: PromiseWithResolvers<{ readonly id: string; readonly duplicate: boolean }>
}

export interface AcceptQueue {
  readonly accept: Store['accept']
  /** Waits until all that was asked for is answered. */
  drain(): Promise<void>
}

const MAX_ROWS = 200
const MAX_INLINE_BYTES = 8 * 1024 * 1024

/**
 * Gives the group commit: callers that wait together are written in one transaction and answered after its flush.
 * While one group is being flushed the next one gathers.
 */
export function createAcceptQueue(parts: {
  readonly engine: Engine
  readonly now: () => Instant
  readonly newId: () => string
  readonly onWork: () => void
}): AcceptQueue {
  const waiting: Waiting[] = []
  let flushing: Promise<void> | null = null

  const flush = async (): Promise<void> => {
    // One turn of the event loop: all that arrived with it come along.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) await writeGroup(parts, takeGroup(waiting))
    flushing = null
  }

  return {
    accept(submission, raw, tokens = []) {
      if (raw.sha256 !== submission.rawSha256) {
        return Promise.reject(new GatewayError('internal', 'a submission came with the bytes of another'))
      }
      const answer: Waiting['answer'] = Promise.withResolvers()
      waiting.push({ submission, raw, tokens, answer })
      flushing ??= flush()
      return answer.promise
    },
    drain: async () => {
      await flushing
    },
  }
}

function takeGroup(waiting: Waiting[]): readonly Waiting[] {
  let bytes = 0
  const beyond = waiting.findIndex(({ raw }, index) => {
    bytes += raw.inline?.byteLength ?? 0
    return index > 0 && (index >= MAX_ROWS || bytes > MAX_INLINE_BYTES)
  })
  return waiting.splice(0, beyond === -1 ? waiting.length : beyond)
}

type Parts = Parameters<typeof createAcceptQueue>[0]

/** Answers every caller of the group, whatever happens. */
async function writeGroup(parts: Parts, group: readonly Waiting[], isRetry = false): Promise<void> {
  try {
    const ids = await knownIds(parts.engine, group)
    const fresh = group.filter(({ submission: { id, dedupKey } }) => {
      if (ids.has(dedupKey)) return false
      ids.set(dedupKey, id)
      return true
    })
    if (fresh.length > 0) await parts.engine.runTogether(insertsOf(parts, fresh))
    const written = new Set(fresh)
    for (const it of group) {
      const id = ids.get(it.submission.dedupKey) ?? it.submission.id
      it.answer.resolve({ id, duplicate: !written.has(it) })
    }
    if (fresh.length > 0) parts.onWork()
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (!fault.retryable && group.length > 1) {
      // One of them cannot be written: the others must not suffer for it.
      for (const it of group) await writeGroup(parts, [it])
    } else if (fault.code === 'duplicate' && !isRetry) {
      // Another process took the same key in between: now it is known.
      await writeGroup(parts, group, true)
    } else {
      for (const it of group) it.answer.reject(fault)
    }
  }
}

async function knownIds(engine: Engine, group: readonly Waiting[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const keys of inPieces(group.map(({ submission }) => submission.dedupKey))) {
    const rows = await engine.reader
      .selectFrom('submissions')
      .select(['id', 'dedupKey'])
      .where('dedupKey', 'in', keys)
      .execute()
    for (const { id, dedupKey } of rows) ids.set(dedupKey, id)
  }
  return ids
}

function insertsOf({ engine, now, newId }: Parts, fresh: readonly Waiting[]): readonly CompiledQuery[] {
  const db = engine.writer
  const createdAt = now()
  const blobs = fresh.map(({ raw }) => ({ sha256: raw.sha256, size: raw.size, bytes: raw.inline }))
  // The same order everywhere: else two nodes with the same blobs could wait for each other.
  blobs.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  const jobs = fresh.map(({ submission: { id } }) =>
    readyJob({ id: newId(), kind: 'normalise', key: id, payload: { submissionId: id }, runAt: createdAt, createdAt }),
  )
  const tokens = fresh.flatMap((it) => it.tokens.map((token) => encode(caseTokenColumns, token)))
  const submissions = fresh.map(({ submission }) => encode(submissionColumns, submission))
  return [
    db
      .insertInto('blobs')
      .values(blobs)
      .onConflict((it) => it.column('sha256').doNothing())
      .compile(),
    db.insertInto('submissions').values(submissions).compile(),
    ...(tokens.length === 0 ? [] : [db.insertInto('caseTokens').values(tokens).compile()]),
    db.insertInto('jobs').values(jobs).compile(),
  ]
}

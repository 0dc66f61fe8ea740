import { GatewayError } from '../../src/model/errors.ts'
import { newId, sha256Hex } from '../../src/model/ids.ts'
import type { Job, JobKind } from '../../src/model/job.ts'
import type { OwnKey } from '../../src/model/own-key.ts'
import type { Blobs, JobQueue, Store, Writer } from '../../src/model/store.ts'
import { copyTables, emptyTables, readerOver, type Tables } from './memory-tables.ts'

const MAX_ATTEMPTS = 8

/** The Store port in memory, for the unit tests of other rooms: no durability, the same answers. */
export interface MemoryStore extends Store {
  /** All rows as they stand, to look at in a test. */
  readonly tables: () => Tables
  /** The next calls of accept and commit throw this; null: work again. */
  failWith(fault: GatewayError | null): void
}

/** Gives an empty store. The clock decides when jobs are due. */
export function memoryStore(options: { clock?: () => Date } = {}): MemoryStore {
  const clock = options.clock ?? (() => new Date())
  let tables = emptyTables()
  let fault: GatewayError | null = null
  let last: Promise<unknown> = Promise.resolve()
  const listeners = new Set<() => void>()
  const reader = readerOver(() => tables)

  /** One commit at a time; what throws leaves nothing behind. */
  const commit = <T>(work: (write: Writer) => Promise<T>): Promise<T> => {
    const run = async () => {
      if (fault) throw fault
      const before = copyTables(tables)
      const jobsBefore = tables.jobs.size
      try {
        const result = await work(writerOver(() => tables, reader, clock))
        if (tables.jobs.size > jobsBefore) for (const listener of listeners) queueMicrotask(listener)
        return result
      } catch (thrown) {
        tables = before
        throw thrown
      }
    }
    const mine = last.then(run, run)
    last = mine.then(
      () => undefined,
      () => undefined,
    )
    return mine
  }

  return {
    ...reader,
    engine: 'sqlite',
    tables: () => tables,
    failWith: (next) => {
      fault = next
    },
    blobs: memoryBlobs(() => tables),
    jobs: memoryJobs(() => tables, clock, listeners),
    commit,
    accept: (submission, raw, tokens = []) =>
      commit(async (write) => {
        const known = [...tables.submissions.values()].find((row) => row.dedupKey === submission.dedupKey)
        if (known) return { id: known.id, duplicate: true }
        await write.keepBlob(raw)
        await write.addSubmission(submission)
        for (const token of tokens) await write.addToken(token)
        await write.addJob('normalise', submission.id, { submissionId: submission.id })
        return { id: submission.id, duplicate: false }
      }),
    close: async () => undefined,
  }
}

function put<T>(table: Map<string, T>, key: string, row: T): void {
  if (table.has(key)) throw new GatewayError('internal', `a row with the key ${key} is there already`)
  table.set(key, row)
}

function change<T extends object>(table: Map<string, T>, key: string, changes: Partial<T>): void {
  const row = table.get(key)
  if (!row) throw new GatewayError('not-found', `there is no row ${key}`)
  table.set(key, { ...row, ...changes })
}

function writerOver(tables: () => Tables, reader: ReturnType<typeof readerOver>, clock: () => Date): Writer {
  return {
    ...reader,
    addSubmission: async (row) => put(tables().submissions, row.id, row),
    updateSubmission: async (id, changes) => change(tables().submissions, id, changes),
    addDocument: async (row) => put(tables().documents, row.id, row),
    updateDocument: async (id, changes) => change(tables().documents, id, changes),
    addVerification: async (row) => put(tables().verifications, row.id, row),
    addValidationData: async (row) => put(tables().validationData, row.id, row),
    addPreservation: async (row) => {
      put(tables().preservations, `${row.caseId}:${row.seq}`, row)
    },
    nextCaseSerial: async (year) => {
      const serial = (tables().serials.get(String(year)) ?? 0) + 1
      tables().serials.set(String(year), serial)
      return serial
    },
    addCase: async (row) => put(tables().cases, row.id, row),
    updateCase: async (id, changes) => change(tables().cases, id, changes),
    addParty: async (row) => put(tables().parties, row.id, row),
    updateParty: async (id, changes) => change(tables().parties, id, changes),
    addHistory: async (row) => put(tables().history, `${row.caseId}:${row.seq}`, row),
    addAdminHistory: async (row) => put(tables().adminHistory, String(row.seq), row),
    addToken: async (row) => put(tables().tokens, row.tokenHash, row),
    updateToken: async (hash, changes) => change(tables().tokens, hash, changes),
    addOneTimeCode: async (row) => put(tables().codes, row.id, row),
    updateOneTimeCode: async (id, changes) => change(tables().codes, id, changes),
    updateLetter: async (id, changes) => change(tables().letters, id, changes),
    addLetter: async (row) => {
      if ([...tables().letters.values()].some((letter) => letter.cause === row.cause)) return false
      put(tables().letters, row.id, row)
      return true
    },
    addDelivery: async (row) => put(tables().deliveries, row.id, row),
    updateDelivery: async (id, changes) => change(tables().deliveries, id, changes),
    addEvidence: async (row) => put(tables().evidence, row.id, row),
    addAccount: async (row) => put(tables().accounts, row.id, row),
    updateAccount: async (id, changes) => change(tables().accounts, id, changes),
    addInvitation: async (row) => put(tables().invitations, row.tokenHash, row),
    useInvitation: async (hash, usedAt) => {
      const row = tables().invitations.get(hash)
      if (!row || row.usedAt !== null) return false
      tables().invitations.set(hash, { ...row, usedAt })
      return true
    },
    addApiToken: async (row) => put(tables().apiTokens, row.id, row),
    revokeApiToken: async (id, revokedAt) => {
      const row = tables().apiTokens.get(id)
      if (!row || row.revokedAt !== null) return false
      change(tables().apiTokens, id, { revokedAt })
      return true
    },
    noteApiTokenUse: async (id, lastUsedAt) => change(tables().apiTokens, id, { lastUsedAt }),
    addApiRequest: async (row) => {
      const key = `${row.tokenId}:${row.keyHash}`
      if (tables().apiRequests.has(key)) return false
      tables().apiRequests.set(key, row)
      return true
    },
    settleApiRequest: async (tokenId, keyHash, submissionId) =>
      change(tables().apiRequests, `${tokenId}:${keyHash}`, { submissionId }),
    addSession: async (row) => put(tables().sessions, row.tokenHash, row),
    removeSession: async (hash) => {
      tables().sessions.delete(hash)
    },
    removeSessionsOf: async (accountId) => {
      for (const row of [...tables().sessions.values()]) {
        if (row.accountId === accountId) tables().sessions.delete(row.tokenHash)
      }
    },
    addBroughtCertificates: async (documentId, sha256s) => {
      for (const sha256 of sha256s) tables().brought.set(`${sha256} ${documentId}`, { documentId, sha256 })
    },
    addAnchor: async (row) => put(tables().anchors, row.sha256, row),
    updateAnchor: async (sha256, changes) => change(tables().anchors, sha256, changes),
    removeAnchor: async (sha256) => {
      tables().anchors.delete(sha256)
    },
    putTrustedList: async (row) => {
      tables().trustedLists.set(row.territory, row)
    },
    removeTrustedList: async (territory) => {
      tables().trustedLists.delete(territory)
    },
    addListEdition: async (row) => {
      const key = `${row.territory} ${row.takenAt}`
      if (tables().blobs.has(row.sha256) && !tables().listEditions.has(key)) tables().listEditions.set(key, row)
    },
    addTrustChange: async (row) => put(tables().trustChanges, row.id, row),
    addSealCertificate: async (row) => put(tables().sealCertificates, row.sha256, row),
    addOwnKey: async (row) => {
      refuseSecondActive(tables(), row)
      put(tables().ownKeys, row.id, row)
    },
    updateOwnKey: async (id, changes) => {
      const row = tables().ownKeys.get(id)
      if (row) refuseSecondActive(tables(), { ...row, ...changes })
      change(tables().ownKeys, id, changes)
    },
    removeOwnKey: async (id) => {
      tables().ownKeys.delete(id)
    },
    addCitizenKey: async (row) => put(tables().citizenKeys, row.id, row),
    updateCitizenKey: async (id, changes) => change(tables().citizenKeys, id, changes),
    addKeyChallenge: async (row) => put(tables().keyChallenges, row.id, row),
    updateKeyChallenge: async (id, changes) => change(tables().keyChallenges, id, changes),
    addProposal: async (row) => put(tables().proposals, row.id, row),
    updateProposal: async (id, changes) => change(tables().proposals, id, changes),
    removeDrafts: async (before) => {
      for (const row of [...tables().proposals.values()]) {
        if (row.state === 'draft' && row.expiresAt < before) tables().proposals.delete(row.id)
      }
    },
    addPackage: async (row) => put(tables().packages, row.id, row),
    updatePackage: async (id, changes) => change(tables().packages, id, changes),
    setSetting: async (name, value) => {
      tables().settings.set(name, value)
    },
    addJob: async (kind, key, payload, runAt) => {
      const rowKey = `${kind}:${key}`
      if (tables().jobs.has(rowKey)) return
      tables().jobs.set(rowKey, freshJob(kind, key, payload, runAt, clock()))
    },
    finishJob: async (job) => {
      const row = tables().jobs.get(`${job.kind}:${job.key}`)
      if (row?.state !== 'leased' || row.leaseOwner !== job.leaseOwner || row.attempts !== job.attempts) return false
      change(tables().jobs, `${job.kind}:${job.key}`, { state: 'done', leaseOwner: null, leaseUntil: null })
      return true
    },
    keepBlob: async (blob) => {
      if (blob.inline) tables().blobs.set(blob.sha256, blob.inline)
    },
  }
}

/** The index of the real store. */
function refuseSecondActive(tables: Tables, row: OwnKey): void {
  const other = [...tables.ownKeys.values()].find(
    (one) => one.id !== row.id && one.kind === row.kind && one.state === 'active',
  )
  if (row.state === 'active' && other) throw new GatewayError('internal', 'two keys of a kind are active')
}

function freshJob(kind: JobKind, key: string, payload: Job['payload'], runAt: string | undefined, now: Date): Job {
  return {
    id: newId(now.getTime()),
    kind,
    key,
    payload,
    state: 'ready',
    attempts: 0,
    runAt: runAt ?? now.toISOString(),
    leaseUntil: null,
    leaseOwner: null,
    lastError: null,
    createdAt: now.toISOString(),
  }
}

function memoryBlobs(tables: () => Tables): Blobs {
  const putBytes = async (bytes: Uint8Array) => ({ sha256: sha256Hex(bytes), size: bytes.length, inline: bytes })
  return {
    put: putBytes,
    putStream: async (pieces, maxBytes) => {
      const kept: Uint8Array[] = []
      let size = 0
      for await (const piece of pieces) {
        size += piece.length
        if (size > maxBytes) throw new GatewayError('too-large', `more than ${maxBytes} bytes`)
        kept.push(Uint8Array.from(piece))
      }
      return putBytes(Buffer.concat(kept))
    },
    get: async (sha256) => {
      const bytes = tables().blobs.get(sha256)
      if (!bytes) throw new GatewayError('not-found', 'there is no such blob')
      return bytes
    },
    has: async (sha256) => tables().blobs.has(sha256),
  }
}

function memoryJobs(tables: () => Tables, clock: () => Date, listeners: Set<() => void>): JobQueue {
  const rowKey = (job: Job) => `${job.kind}:${job.key}`
  const mine = (job: Job) => {
    const row = tables().jobs.get(rowKey(job))
    return row?.state === 'leased' && row.leaseOwner === job.leaseOwner && row.attempts === job.attempts ? row : null
  }
  return {
    lease: async (owner, kinds, limit, leaseMs) => {
      const now = clock()
      const due = [...tables().jobs.values()].filter(
        (row) =>
          kinds.includes(row.kind) &&
          ((row.state === 'ready' && row.runAt <= now.toISOString()) ||
            (row.state === 'leased' && (row.leaseUntil ?? '') <= now.toISOString())),
      )
      return due.slice(0, limit).map((row) => {
        const leaseUntil = new Date(now.getTime() + leaseMs).toISOString()
        const leased: Job = { ...row, state: 'leased', leaseOwner: owner, leaseUntil, attempts: row.attempts + 1 }
        tables().jobs.set(rowKey(row), leased)
        return leased
      })
    },
    extend: async (job, leaseMs) => {
      if (!mine(job)) return false
      const wanted = new Date(clock().getTime() + leaseMs).toISOString()
      const held = tables().jobs.get(rowKey(job))?.leaseUntil ?? ''
      change(tables().jobs, rowKey(job), { leaseUntil: held > wanted ? held : wanted })
      return true
    },
    fail: async (job, fault) => {
      const dead = !fault.retryable || job.attempts >= MAX_ATTEMPTS
      const runAt = new Date(clock().getTime() + 1000 * 2 ** job.attempts).toISOString()
      const lastError = `${fault.code}: ${fault.message}`
      if (mine(job)) {
        const state = dead ? 'dead' : 'ready'
        change(tables().jobs, rowKey(job), { state, runAt, lastError, leaseOwner: null, leaseUntil: null })
      }
      return dead ? 'dead' : 'ready'
    },
    retry: async (jobId) => {
      const row = [...tables().jobs.values()].find((job) => job.id === jobId && job.state === 'dead')
      if (!row) return false
      change(tables().jobs, rowKey(row), { state: 'ready', runAt: clock().toISOString() })
      for (const listener of listeners) queueMicrotask(listener)
      return true
    },
    release: async (owner) => {
      const held = [...tables().jobs.values()].filter((job) => job.state === 'leased' && job.leaseOwner === owner)
      for (const job of held) change(tables().jobs, rowKey(job), { state: 'ready', leaseOwner: null, leaseUntil: null })
      return held.length
    },
    onWork: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

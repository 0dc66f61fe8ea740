import { connect, type Socket } from 'node:net'
import { GatewayError } from '../model/errors.ts'
import type { ScanAnswer, ScanBytes } from '../model/malware.ts'
import type { ClamdAddress } from '../model/settings.ts'

export interface ClamdParts {
  readonly address: ClamdAddress
  /** Larger files are not sent. */
  readonly maximumBytes: number
  /** How long clamd may be silent. */
  readonly timeoutMs?: number
  /** Files with the scanner at once; more wait their turn. */
  readonly atOnce?: number
}

const CHUNK_BYTES = 64 * 1024
const MAX_ANSWER_BYTES = 4096

/**
 * Speaks clamd's own protocol: one connection for each file, "zINSTREAM", chunks with their length in front (four
 * bytes, most significant first), a length of zero, and one answer that ends with a zero byte.
 * Whatever is not exactly such an answer is none: a file is clean only where clamd says so after it had all of it.
 * @see https://docs.clamav.net/manual/Usage/Scanning.html (clamd(8), INSTREAM)
 * @throws GatewayError scanner-unavailable (retryable)
 */
export function createClamd({ address, maximumBytes, timeoutMs = 60_000, atOnce = 4 }: ClamdParts): ScanBytes {
  const takeTurn = turns(atOnce)
  return async (bytes) => {
    if (bytes.length > maximumBytes) return { result: 'not-scanned', why: 'too-large' }
    const endTurn = await takeTurn()
    try {
      return readAnswer(await askAgain(address, bytes, timeoutMs))
    } finally {
      endTurn()
    }
  }
}

const TRIES = 3
const BROKEN = new Set(['EPIPE', 'ECONNRESET'])

/** Where it answers in the middle and closes, the answer is lost if we were just writing: it is asked anew. */
async function askAgain(...asked: Parameters<typeof ask>): ReturnType<typeof ask> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(...asked)
    } catch (thrown) {
      const cause = thrown instanceof GatewayError ? thrown.cause : null
      const isBroken = cause instanceof Error && 'code' in cause && BROKEN.has(String(cause.code))
      if (!isBroken || tries >= TRIES) throw thrown
    }
  }
}

/** Gives a place as soon as one is free, in order. */
function turns(places: number): () => Promise<() => void> {
  let free = places
  const waiting: (() => void)[] = []
  const end = (): void => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
  return async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    return end
  }
}

function readAnswer({ text, hadAll }: { readonly text: string; readonly hadAll: boolean }): ScanAnswer {
  if (text === 'stream: OK' && hadAll) return { result: 'clean' }
  const name = /^stream: ([\x21-\x7e][\x20-\x7e]{0,199}) FOUND$/.exec(text)?.[1]
  // AlertExceedsMax: it stopped looking, and found nothing so far.
  if (name?.startsWith('Heuristics.Limits.Exceeded')) return { result: 'not-scanned', why: 'beyond-limits' }
  if (name !== undefined) return { result: 'infected', name }
  if (text === 'INSTREAM size limit exceeded. ERROR') return { result: 'not-scanned', why: 'too-large' }
  throw away('It gave an answer that is none')
}

const away = (what: string, cause?: unknown): GatewayError =>
  new GatewayError('scanner-unavailable', `The malware scanner cannot be asked. ${what}.`, { retryable: true, cause })

function ask(
  address: ClamdAddress,
  bytes: Uint8Array,
  timeoutMs: number,
): Promise<{ readonly text: string; readonly hadAll: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect(address)
    let got = Buffer.alloc(0)
    let hadAll = false
    let isSettled = false
    const settle = (end: () => void): void => {
      if (isSettled) return
      isSettled = true
      socket.destroy()
      end()
    }
    const fail = (what: string, cause?: unknown): void => settle(() => reject(away(what, cause)))
    socket.setTimeout(timeoutMs, () => fail('It did not answer in time'))
    socket.on('data', (piece) => {
      got = Buffer.concat([got, piece])
      const end = got.indexOf(0)
      if (end < 0 && got.length > MAX_ANSWER_BYTES) fail('It gave an answer without an end')
      // Over the limit it answers in the middle and closes: the answer counts, not that we could not write on.
      if (end >= 0) settle(() => resolve({ text: got.subarray(0, end).toString('latin1').trim(), hadAll }))
    })
    socket.on('end', () => fail('It closed the connection before an answer'))
    let fault: Error | null = null
    socket.on('error', (thrown) => {
      fault = thrown
    })
    socket.on('close', () => fail('The connection broke', fault ?? undefined))
    socket.on('connect', () => {
      send(socket, bytes, () => {
        hadAll = true
      }).catch((thrown: unknown) => fail('It took no more', thrown))
    })
  })
}

/** Sends the command and the chunks, no faster than they are taken; calls back right before the closing zero. */
async function send(socket: Socket, bytes: Uint8Array, beforeLast: () => void): Promise<void> {
  socket.write('zINSTREAM\0')
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(chunk.length)
    socket.write(length)
    if (!socket.write(chunk)) await drained(socket)
    // An answer in the middle is read before writing on fails: then it could not be read any more.
    await new Promise((resolve) => setImmediate(resolve))
    if (socket.destroyed) return
  }
  beforeLast()
  socket.write(Buffer.alloc(4))
}

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      socket.off('drain', go)
      socket.off('close', go)
      resolve()
    }
    socket.on('drain', go)
    socket.on('close', go)
    if (socket.destroyed) go()
  })

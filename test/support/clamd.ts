import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the signatures of these tests call malware: harmless, and in no virus list. */
export const BAD = 'poststempel-harmless-test-pattern-6f1d'

/** A clamd of our own on a free port. It answers each file by `answer`, after it took the command and all chunks. */
export async function fakeClamd(answer: (file: Buffer, socket: Socket) => string | null) {
  const files: Buffer[] = []
  const chunks: number[] = []
  let open = 0
  let mostOpen = 0
  const server = createServer((socket) => {
    open += 1
    mostOpen = Math.max(mostOpen, open)
    let got = Buffer.alloc(0)
    let isDone = false
    socket.on('error', () => undefined)
    socket.on('close', () => {
      open -= 1
    })
    socket.on('data', (piece) => {
      got = Buffer.concat([got, piece])
      if (isDone || got.length < 10) return
      if (got.subarray(0, 10).toString() !== 'zINSTREAM\0') {
        socket.end('UNKNOWN COMMAND\0')
        return
      }
      const file: Buffer[] = []
      for (let at = 10; at + 4 <= got.length; ) {
        const length = got.readUInt32BE(at)
        if (length === 0) {
          isDone = true
          files.push(Buffer.concat(file))
          chunks.push(file.length)
          const text = answer(Buffer.concat(file), socket)
          if (text !== null) socket.end(text)
          return
        }
        if (at + 4 + length > got.length) return
        file.push(got.subarray(at + 4, at + 4 + length))
        at += 4 + length
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  if (at === null || typeof at === 'string') throw new Error('no port')
  return {
    address: { host: '127.0.0.1', port: at.port },
    files,
    chunks,
    mostOpen: () => mostOpen,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const CLAMD = '/usr/sbin/clamd'
export const hasClamd = spawnSync(CLAMD, ['--version']).status === 0

/** A real clamd on a socket in a folder of its own, with one signature: of BAD. Nothing is downloaded. */
export async function startClamd(streamMaxLength = '25M') {
  const folder = mkdtempSync(join(tmpdir(), 'clamd-'))
  const path = join(folder, 'clamd.sock')
  writeFileSync(join(folder, 'own.ndb'), `Poststempel.Test:0:*:${Buffer.from(BAD).toString('hex')}\n`)
  const lines = [`DatabaseDirectory ${folder}`, `LocalSocket ${path}`, 'Foreground yes', 'AlertExceedsMax yes']
  writeFileSync(join(folder, 'clamd.conf'), [...lines, `StreamMaxLength ${streamMaxLength}`, ''].join('\n'))
  let child = spawn(CLAMD, ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' })
  const untilThere = async (): Promise<void> => {
    for (const end = Date.now() + 30_000; Date.now() < end; ) {
      if (await answers(path)) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('clamd did not start')
  }
  await untilThere()
  const end = async (): Promise<void> => {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
  return {
    path,
    kill: end,
    restart: async () => {
      child = spawn(CLAMD, ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' })
      await untilThere()
    },
    stop: async () => {
      await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

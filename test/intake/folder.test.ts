import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RunningFolder, startFolder } from '../../src/intake/index.ts'
import { normaliseForm } from '../../src/intake/normalise-form.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { settings } from '../casework/scene.ts'
import { memoryStore } from '../support/memory-store.ts'

const NOW = new Date('2026-11-27T09:02:00.000Z')
const SETTLE_MS = 50
const PDF = Buffer.from('%PDF-1.7\nscan\n')

let folder: string
let running: RunningFolder[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poststempel-folder-'))
})

afterEach(async () => {
  for (const one of running) await one.stop()
  running = []
  await rm(folder, { recursive: true, force: true })
})

function desk(over: { maxUploadBytes?: number; caseType?: string } = {}) {
  const store = memoryStore({ clock: () => NOW })
  const lines: string[] = []
  const log = (level: string) => (facts: object, message: string) => {
    lines.push(JSON.stringify({ level, ...facts, message }))
  }
  const watch = (): RunningFolder => {
    const one = startFolder({
      settings: {
        web: { ...settings.web, maxUploadBytes: over.maxUploadBytes ?? settings.web.maxUploadBytes },
        folder: { path: folder, settleMs: SETTLE_MS, caseType: over.caseType ?? null },
      },
      store,
      clock: () => NOW,
      log: { info: log('info'), warn: log('warn'), error: log('error') },
    })
    running.push(one)
    return one
  }
  const submissions = () => [...store.tables().submissions.values()]
  const read = async (index = 0) => normaliseForm(await store.blobs.get(submissions()[index]?.rawSha256 ?? ''))
  return { store, lines, watch, submissions, read }
}

/** Long enough for several looks. */
const someLooks = () => new Promise((done) => setTimeout(done, 8 * SETTLE_MS))

const received = async (): Promise<string[]> =>
  (await readdir(join(folder, 'received'), { recursive: true })).filter((name) => name.includes('/'))

describe('a file in the watched folder', () => {
  it('is one submission with its bytes, name and case type, and is moved once it is stored', async () => {
    const { watch, submissions, read } = desk({ caseType: 'oil-tank' })
    await writeFile(join(folder, 'attest "æ".pdf'), PDF)
    watch()
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    expect(submissions()).toMatchObject([{ channel: 'folder', state: 'received', rawMediaType: 'multipart/form-data' }])
    expect(await received()).toEqual([`${submissions()[0]?.id}/attest "æ".pdf`])
    const { parts, headers } = await read()
    expect(parts).toMatchObject([{ originalName: 'attest "æ".pdf', mediaType: 'application/pdf' }])
    expect(Buffer.from(parts[0]?.bytes ?? [])).toEqual(PDF)
    expect(headers).toMatchObject({ caseType: 'oil-tank', from: [] })
  })

  it('that is still being written is left until it rests', async () => {
    const { watch, submissions, read } = desk()
    watch()
    const path = join(folder, 'slow.pdf')
    for (let length = 1; length <= 20; length += 1) {
      await writeFile(path, Buffer.concat([PDF, Buffer.alloc(length * 1000)]))
      await new Promise((done) => setTimeout(done, SETTLE_MS / 3))
    }
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    expect(submissions()).toHaveLength(1)
    expect((await read()).parts[0]?.bytes).toHaveLength(PDF.length + 20_000)
  })

  it('is the same submission where a kill came between the commit and the move', async () => {
    const { watch, submissions, lines } = desk()
    const path = join(folder, 'a.pdf')
    const when = new Date('2026-11-26T08:00:00.123Z')
    await writeFile(path, PDF)
    await utimes(path, when, when)
    const first = watch()
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    await first.stop()
    // As a kill would have left it.
    await rename(join(folder, 'received', (await received())[0] ?? ''), path)
    watch()
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    expect(submissions()).toHaveLength(1)
    expect(lines.filter((line) => line.includes('"duplicate":true'))).toHaveLength(1)
  })

  it('by the name and content of an older one is another submission', async () => {
    const { watch, submissions } = desk()
    watch()
    await writeFile(join(folder, 'scan.pdf'), PDF)
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    await writeFile(join(folder, 'scan.pdf'), PDF)
    await vi.waitFor(async () => expect(await received()).toHaveLength(2))
    expect(submissions()).toHaveLength(2)
  })

  it('that is too large goes to refused/ with the reason in both languages, and the next one is taken', async () => {
    const { watch, submissions } = desk({ maxUploadBytes: 2000 })
    await writeFile(join(folder, 'a-large.pdf'), Buffer.alloc(2001, 1))
    await writeFile(join(folder, 'b.pdf'), PDF)
    watch()
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    expect(submissions()).toHaveLength(1)
    const [aside] = await readdir(join(folder, 'refused'))
    expect((await readdir(join(folder, 'refused', aside ?? ''))).sort()).toEqual(['a-large.pdf', 'why.txt'])
    const why = await readFile(join(folder, 'refused', aside ?? '', 'why.txt'), 'utf8')
    expect(why).toMatch(/større end de 2000 byte[\s\S]*larger than the 2000 bytes[\s\S]*\[too-large\]/)
  })

  it('stays where it is while nothing can be stored, and is taken afterwards', async () => {
    const { watch, submissions, store } = desk()
    store.failWith(new GatewayError('storage-full', 'no', { retryable: true }))
    await writeFile(join(folder, 'a.pdf'), PDF)
    watch()
    await someLooks()
    expect(await readdir(folder)).toEqual(['a.pdf'])
    store.failWith(null)
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    expect(submissions()).toHaveLength(1)
  })

  it('that cannot be moved is stored once and said once', async () => {
    const { watch, submissions, lines } = desk()
    await writeFile(join(folder, 'received'), 'a file where the folder belongs')
    await writeFile(join(folder, 'a.pdf'), PDF)
    watch()
    await vi.waitFor(() => expect(lines.filter((line) => line.includes('cannot be moved'))).toHaveLength(2))
    await someLooks()
    // The file named "received" is a file like another.
    expect(submissions()).toHaveLength(2)
    expect(lines.filter((line) => line.includes('cannot be moved'))).toHaveLength(2)
  })

  it('is left alone where it is hidden, unfinished, empty, a link or a folder', async () => {
    const { watch, submissions } = desk()
    const outside = join(await mkdtemp(join(tmpdir(), 'poststempel-outside-')), 'secret.pdf')
    await writeFile(outside, PDF)
    await symlink(outside, join(folder, 'link.pdf'))
    await mkdir(join(folder, 'sub.pdf'))
    for (const name of ['.hidden.pdf', 'a.pdf.part', '~$brev.docx', 'b.TMP']) await writeFile(join(folder, name), PDF)
    await writeFile(join(folder, 'empty.pdf'), '')
    watch()
    await someLooks()
    expect(submissions()).toEqual([])
    expect(await readdir(folder)).toHaveLength(7)
  })

  it('with a name in windows-1252 keeps it', async () => {
    const { watch, read } = desk()
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from('k\xf8b.pdf', 'latin1')]), PDF)
    watch()
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    expect((await read()).parts[0]?.originalName).toBe('køb.pdf')
  })
})

describe('the watched folder', () => {
  it('that goes away and comes back is said once each, and is watched again', async () => {
    const { watch, submissions, lines } = desk()
    await rename(folder, `${folder}-away`)
    watch()
    await someLooks()
    await rename(`${folder}-away`, folder)
    await writeFile(join(folder, 'a.pdf'), PDF)
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    expect(submissions()).toHaveLength(1)
    expect(lines.filter((line) => line.includes('cannot be read'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('can be read again'))).toHaveLength(1)
  })

  it('never has the name of a file logged: it may hold a personal number', async () => {
    const { watch, lines } = desk()
    await writeFile(join(folder, '0101701234 Hansen.pdf'), PDF)
    watch()
    await vi.waitFor(async () => expect(await received()).toHaveLength(1))
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.join('\n')).not.toMatch(/0101701234|Hansen/)
  })
})

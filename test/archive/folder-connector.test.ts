import { appendFile, chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBag, createFolderConnector, verifyBag } from '../../src/archive/index.ts'
import type { ArchiveConnector } from '../../src/model/ports.ts'

let dir = ''
let connector: ArchiveConnector
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'poststempel-connector-'))
  connector = createFolderConnector(dir)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const write = (text: string) => async (folder: string) => {
  const bag = createBag(folder)
  await bag.addFile('a.txt', Buffer.from(text))
  return bag.finish([])
}
const names = async () => (await readdir(dir)).sort()

describe('the archive folder', () => {
  it('takes a package, and acknowledges it after reading it back', async () => {
    const { location, fixity } = await connector.put('p1', write('one'))
    expect(location).toBe(join(dir, 'p1'))
    expect(await connector.acknowledge(location, fixity)).toEqual({ acknowledged: true, problem: null })
  })

  it('takes the same package again without touching it', async () => {
    const first = await connector.put('p1', write('one'))
    expect(await connector.put('p1', write('one'))).toEqual(first)
    expect(await readdir(join(dir, '.unfinished'))).toEqual([])
  })

  it('replaces what a killed attempt left half-written', async () => {
    await mkdir(join(dir, '.unfinished/p1/bag/data'), { recursive: true })
    await writeFile(join(dir, '.unfinished/p1/bag/data/a.txt'), 'half')
    const { location } = await connector.put('p1', write('one'))
    expect((await verifyBag(location)).valid).toBe(true)
  })

  it('shows nothing of a package whose writing failed', async () => {
    const failing = connector.put('p1', async (folder) => {
      await writeFile(join(folder, 'bagit.txt'), 'x')
      throw new Error('no space')
    })
    await expect(failing).rejects.toMatchObject({ code: 'archive-unavailable', retryable: true })
    expect(await names()).toEqual(['.unfinished'])
  })

  it('replaces a damaged or different package as long as it is not acknowledged', async () => {
    const { location } = await connector.put('p1', write('one'))
    await appendFile(join(location, 'data/a.txt'), 'damage')
    const { fixity } = await connector.put('p1', write('two'))
    expect(await connector.acknowledge(location, fixity)).toMatchObject({ acknowledged: true })
  })

  it('never replaces an acknowledged package', async () => {
    const first = await connector.put('p1', write('one'))
    await connector.acknowledge(first.location, first.fixity)
    expect(await connector.put('p1', write('two'))).toEqual(first)
    expect((await verifyBag(first.location)).fixity).toBe(first.fixity)
  })

  it('acknowledges neither a damaged package, nor another one than was put, nor none', async () => {
    const { location, fixity } = await connector.put('p1', write('one'))
    expect(await connector.acknowledge(location, 'f'.repeat(64))).toMatchObject({ acknowledged: false })
    expect(await connector.acknowledge(join(dir, 'p2'), fixity)).toMatchObject({ acknowledged: false })
    await appendFile(join(location, 'data/a.txt'), 'damage')
    expect(await connector.acknowledge(location, fixity)).toEqual({
      acknowledged: false,
      problem: 'checksum-differs: data/a.txt',
    })
    expect(await names()).toEqual(['.unfinished', 'p1'])
  })

  it.each(['../p', '.p', 'a/b', '', '.'])('takes no package of the id %j', async (id) => {
    await expect(connector.put(id, write('one'))).rejects.toMatchObject({ code: 'internal' })
    expect(await names()).toEqual([])
  })

  it('that cannot be written says so, to be tried again', async () => {
    const file = join(dir, 'file')
    await writeFile(file, '')
    await chmod(file, 0o400)
    const broken = createFolderConnector(join(file, 'archive')).put('p1', write('one'))
    await expect(broken).rejects.toMatchObject({ code: 'archive-unavailable', retryable: true })
  })
})

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeBagPath, encodeBagPath, isSafeBagPath } from '../../src/archive/bag-path.ts'
import { createBag, verifyBag } from '../../src/archive/index.ts'
import { parseManifest } from '../../src/archive/verify-bag.ts'
import { cpuTimeMs } from '../support/cpu-time.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poststempel-bag-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const FILES = { 'a/one.txt': 'one', 'a/two.txt': 'two', 'three.txt': '3' }

async function writeBag(files: Readonly<Record<string, string>> = FILES, into = folder) {
  const bag = createBag(into)
  for (const [path, text] of Object.entries(files)) await bag.addFile(path, Buffer.from(text))
  return bag.finish([['Source-Organization', 'Demokøbing\r\nPayload-Oxum: 1.1']])
}

const codes = async (): Promise<readonly string[]> => (await verifyBag(folder)).problems.map(({ code }) => code)

/** Writes a manifest anew with a line more, and the tag manifests to fit: a forger takes that trouble. */
async function addLine(manifest: string, line: string): Promise<void> {
  await appendFile(join(folder, manifest), line)
  for (const name of await readdir(folder)) if (name.startsWith('tagmanifest-')) await unlink(join(folder, name))
}

describe('a bag', () => {
  it('that was just written is valid, every file checked, and its fixity is that of its tag manifest', async () => {
    const { fixity, files, bytes } = await writeBag()
    expect(await verifyBag(folder)).toEqual({ valid: true, problems: [], filesChecked: 3, fixity })
    expect([files, bytes]).toEqual([3, 7])
    const tagManifest = await readFile(join(folder, 'tagmanifest-sha256.txt'))
    expect(fixity).toBe(createHash('sha256').update(tagManifest).digest('hex'))
  })

  it('has the files of RFC 8493, with both manifests', async () => {
    await writeBag()
    expect((await readdir(folder)).sort()).toEqual([
      'bag-info.txt',
      'bagit.txt',
      'data',
      'manifest-sha256.txt',
      'manifest-sha512.txt',
      'tagmanifest-sha256.txt',
      'tagmanifest-sha512.txt',
    ])
    expect(await readFile(join(folder, 'bagit.txt'), 'utf8')).toBe(
      'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n',
    )
    const sha256 = createHash('sha256').update('one').digest('hex')
    expect(await readFile(join(folder, 'manifest-sha256.txt'), 'utf8')).toContain(`${sha256}  data/a/one.txt\n`)
  })

  it('lets no name break out of its line in bag-info.txt', async () => {
    await writeBag()
    expect(await readFile(join(folder, 'bag-info.txt'), 'utf8')).toBe(
      'Source-Organization: Demokøbing Payload-Oxum: 1.1\nPayload-Oxum: 7.3\n',
    )
  })

  it('of the same files in another order is the same, byte for byte', async () => {
    const other = await mkdtemp(join(tmpdir(), 'poststempel-bag-'))
    const reversed = Object.fromEntries(Object.entries(FILES).reverse())
    expect(await writeBag(reversed, other)).toEqual(await writeBag())
    await rm(other, { recursive: true })
  })

  it('with line breaks and percent signs in names is read back', async () => {
    await writeBag({ 'a%0A\nb\r%.txt': 'x' })
    expect(await readFile(join(folder, 'manifest-sha256.txt'), 'utf8')).toContain('  data/a%250A%0Ab%0D%25.txt\n')
    expect((await verifyBag(folder)).valid).toBe(true)
  })

  it.each(['../out.txt', '/etc/passwd', '~/x', 'a/../../x', 'a//b', 'a\\b', 'C:/x', '', 'a/./b'])(
    'takes no file of the path %j',
    async (path) => {
      await expect(createBag(folder).addFile(path, Buffer.of())).rejects.toMatchObject({ code: 'internal' })
      expect(existsSync(join(folder, 'data'))).toBe(false)
    },
  )

  it('takes a path once', async () => {
    const bag = createBag(folder)
    await bag.addFile('a.txt', Buffer.of(1))
    await expect(bag.addFile('a.txt', Buffer.of(2))).rejects.toMatchObject({ code: 'internal' })
  })
})

describe('a damaged bag', () => {
  beforeEach(() => writeBag())

  it('with one byte changed is found', async () => {
    await writeFile(join(folder, 'data/a/one.txt'), 'onE')
    expect(await codes()).toEqual(['checksum-differs'])
  })

  it('with a file missing, or one too many, is found', async () => {
    await rename(join(folder, 'data/three.txt'), join(folder, 'data/four.txt'))
    expect(await codes()).toEqual(['file-missing', 'file-not-listed', 'file-not-listed'])
  })

  it('with a file that only one manifest lists is found', async () => {
    const manifest = join(folder, 'manifest-sha512.txt')
    const lines = (await readFile(manifest, 'utf8')).split('\n').filter((line) => !line.includes('three'))
    await writeFile(manifest, lines.join('\n'))
    expect(await codes()).toEqual(['checksum-differs', 'file-not-listed'])
  })

  it('with another bag-info.txt is found', async () => {
    await appendFile(join(folder, 'bag-info.txt'), 'Contact-Name: Eve\n')
    expect(await codes()).toEqual(['checksum-differs'])
  })

  it('without declaration, without manifests, or with files to fetch is found', async () => {
    await unlink(join(folder, 'bagit.txt'))
    expect(await codes()).toEqual(expect.arrayContaining(['no-declaration', 'file-missing']))
    await unlink(join(folder, 'manifest-sha256.txt'))
    await unlink(join(folder, 'manifest-sha512.txt'))
    await writeFile(join(folder, 'fetch.txt'), 'https://example.org/x 1 data/x\n')
    expect(await codes()).toEqual(expect.arrayContaining(['no-manifest', 'no-files', 'fetch-file']))
  })

  it('with a link to a file outside is found, whatever that file holds', async () => {
    const outside = `${folder}.outside`
    await writeFile(outside, 'one')
    await unlink(join(folder, 'data/a/one.txt'))
    await symlink(outside, join(folder, 'data/a/one.txt'))
    expect(await codes()).toEqual(expect.arrayContaining(['symbolic-link', 'file-missing']))
    await rm(outside)
  })

  it.each(['../secret.txt', 'data/../../secret.txt', '/etc/hostname', '~/x', 'data/%0A/../../x'])(
    'whose manifest names %j is refused',
    async (path) => {
      await addLine('manifest-sha256.txt', `${'a'.repeat(64)}  ${path}\n`)
      expect(await codes()).toContain('unsafe-path')
    },
  )

  it('whose manifest lists a tag file as payload is refused', async () => {
    const sha256 = createHash('sha256')
      .update(await readFile(join(folder, 'bagit.txt')))
      .digest('hex')
    await addLine('manifest-sha256.txt', `${sha256}  bagit.txt\n`)
    expect(await codes()).toEqual(['malformed-manifest'])
  })

  it('whose counts in bag-info.txt are wrong is found', async () => {
    const info = join(folder, 'bag-info.txt')
    await writeFile(info, (await readFile(info, 'utf8')).replace('7.3', '8.3'))
    expect(await codes()).toEqual(['checksum-differs', 'oxum-differs'])
  })

  it('of no payload at all is a failure', async () => {
    const empty = join(folder, 'empty')
    await mkdir(empty)
    await writeBag({}, empty)
    expect((await verifyBag(empty)).problems.map(({ code }) => code)).toEqual(['no-files'])
    expect((await verifyBag(join(folder, 'nowhere'))).problems.map(({ code }) => code)).toEqual(['unreadable'])
  })
})

describe('a manifest', () => {
  it('of arbitrary text ends in safe paths and problems', () => {
    const line = fc
      .tuple(
        fc.constantFrom('a'.repeat(64), 'A'.repeat(64), 'zz', ''),
        fc.constantFrom('  ', ' *', '\t', ''),
        fc.string(),
      )
      .map((parts) => parts.join(''))
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(line).map((lines) => lines.join('\n')),
    )
    fc.assert(
      fc.property(text, (manifest) => {
        const { entries, problems } = parseManifest(manifest, 'sha256', 'manifest-sha256.txt')
        for (const path of entries.keys()) expect(isSafeBagPath(path)).toBe(true)
        expect(entries.size + problems.length).toBeLessThanOrEqual(manifest.split(/\r\n|\r|\n/).length)
      }),
    )
  })

  it('gives back every path that was written into one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (path) => {
        expect(encodeBagPath(path)).not.toMatch(/[\r\n]/)
        expect(decodeBagPath(encodeBagPath(path))).toBe(path)
      }),
    )
  })

  it('of a megabyte without a line end is read at once', async () => {
    const spent = await cpuTimeMs(() => {
      parseManifest(`${' '.repeat(1_000_000)}x`, 'sha256', 'm')
      parseManifest(`${'a'.repeat(64)}${'\t'.repeat(1_000_000)}x`, 'sha256', 'm')
    })
    expect(spent).toBeLessThan(1000)
  })
})

import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { task } from '../../src/intake/normalise-task.ts'
import { ARCHIVE_LIMITS } from '../../src/intake/unpack-archives.ts'
import { makeZip, type ZippedFile } from '../support/make-zip.ts'

const PDF = Buffer.from('%PDF-1.7 attest')

async function read(...files: readonly (readonly [string, Uint8Array])[]) {
  const parts = files.flatMap(([name, bytes]) => [
    '--b',
    `Content-Type: application/octet-stream; name="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(bytes).toString('base64'),
  ])
  const head = ['From: kai@example.dk', 'Subject: Attest', 'Content-Type: multipart/mixed; boundary=b', '']
  const raw = Buffer.from([...head, ...parts, '--b--', ''].join('\r\n'))
  const message = await task({ raw, rawMediaType: 'message/rfc822', openpgpPrivateKeys: [] })
  return { names: message.parts.map(({ path, name }) => `${path} ${name}`), parts: message.parts, notes: message.notes }
}

const file = (name: string, content: Uint8Array | string, more: Partial<ZippedFile> = {}): ZippedFile => ({
  name,
  bytes: Buffer.from(content as string),
  ...more,
})

describe('a ZIP in a mail', () => {
  it('is there with the files in it, each by its content, folders and the system’s own left out', async () => {
    const zip = makeZip([
      file('mappe/', ''),
      file('mappe/attest.dat', PDF),
      file('note.txt', 'hej'),
      file('__MACOSX/._attest.pdf', 'x'),
      file('mappe/Thumbs.db', 'x'),
    ])
    const { names, parts, notes } = await read(['bilag.zip', zip])
    expect(names).toEqual(['1 bilag.zip', '1!1 attest.dat', '1!2 note.txt'])
    expect(parts.map(({ mediaType }) => mediaType)).toEqual(['application/zip', 'application/pdf', 'text/plain'])
    expect(Buffer.from(parts[1]?.bytes ?? []).equals(PDF)).toBe(true)
    expect(Buffer.from(parts[0]?.bytes ?? []).equals(zip)).toBe(true)
    expect(notes).toEqual([])
  })

  it.each<[string, Buffer, boolean]>([
    ['UTF-8 that says so', Buffer.from('Sløjfning på Ærø.pdf'), true],
    ['UTF-8 that does not, as macOS writes it', Buffer.from('Sløjfning på Ærø.pdf'), false],
    ['a Danish DOS code page', Buffer.from('536c9b6a666e696e6720708620 92729b2e706466'.replace(' ', ''), 'hex'), false],
  ])('has its names in %s', async (_, name, utf8) => {
    const { names } = await read(['a.zip', makeZip([{ name, bytes: PDF, lies: { flags: utf8 ? 0x0800 : 0 } }])])
    expect(names[1]).toBe('1!1 Sløjfning på Ærø.pdf')
  })

  it('takes no path of it along: a name is a name', async () => {
    const zip = makeZip([file('../../etc/passwd', 'x'), file('C:\\Windows\\system.ini', 'x'), file('/a/..', 'x')])
    const { names } = await read(['a.zip', zip])
    expect(names.slice(1)).toEqual(['1!1 passwd', '1!2 system.ini', '1!3 bilag-1-3.txt'])
  })

  it('in a ZIP is unpacked to three deep, and no further', async () => {
    const nest = (depth: number): Buffer =>
      makeZip([depth === 0 ? file('attest.pdf', PDF) : file(`indre-${depth}.zip`, nest(depth - 1))])
    expect((await read(['a.zip', nest(2)])).names.at(-1)).toBe('1!1!1!1 attest.pdf')
    const deep = await read(['a.zip', nest(3)])
    expect(deep.names).toHaveLength(4)
    expect(deep.notes).toEqual(['archive-too-deep@1!1!1!1'])
  })

  it('that holds itself over and over ends at the limit of depth', async () => {
    let zip = makeZip([file('a.txt', 'x')])
    for (let i = 0; i < 20; i++) zip = makeZip([file('igen.zip', zip)])
    expect((await read(['a.zip', zip])).notes).toEqual(['archive-too-deep@1!1!1!1'])
  })

  it('with too many files gives as many as are taken, and says so', async () => {
    const many = Array.from({ length: ARCHIVE_LIMITS.maxEntries + 1 }, (_, i) => file(`${i}.txt`, `${i}`))
    const { parts, notes } = await read(['a.zip', makeZip(many)])
    expect(parts).toHaveLength(ARCHIVE_LIMITS.maxEntries + 1)
    expect(notes).toEqual(['archive-too-many@1'])
  })

  it('that unpacks to 200 MB is refused in little time, and kept', async () => {
    const bomb = makeZip([file('stor.txt', Buffer.alloc(200 * 1024 * 1024))])
    expect(bomb.length).toBeLessThan(400_000)
    const before = process.cpuUsage()
    const { names, notes } = await read(['bombe.zip', bomb])
    const { user, system } = process.cpuUsage(before)
    expect([names, notes]).toEqual([['1 bombe.zip'], ['archive-too-large@1']])
    expect((user + system) / 1000).toBeLessThan(1000)
  })

  it('whose directory says less than comes out is not believed', async () => {
    const lying = makeZip([file('a.txt', Buffer.alloc(50_000), { lies: { size: 10 } })])
    const { names, notes } = await read(['a.zip', lying])
    expect([names, notes]).toEqual([['1 a.zip'], ['archive-unreadable@1']])
  })

  it('whose files overlap counts each of them', async () => {
    const overlapping = makeZip(
      Array.from({ length: 100 }, (_, i) => file(`${i}.txt`, Buffer.alloc(2 * 1024 * 1024), i > 0 ? { over: 0 } : {})),
    )
    const { parts, notes } = await read(['a.zip', overlapping])
    expect(notes).toEqual(['archive-too-large@1'])
    expect(parts.length).toBeLessThan(20)
  })

  it('that is locked is kept, and what is not locked in it is there', async () => {
    const zip = makeZip([file('låst.pdf', PDF, { lies: { flags: 0x0801 } }), file('åben.txt', 'hej')])
    const { names, notes } = await read(['a.zip', zip])
    expect([names, notes]).toEqual([['1 a.zip', '1!1 åben.txt'], ['archive-encrypted@1']])
  })

  it('that is damaged is kept, cut off anywhere', async () => {
    const zip = makeZip([file('attest.pdf', Buffer.concat([PDF, deflateRawSync(PDF)]))])
    for (let length = 4; length < zip.length; length += 11) {
      const { names, notes } = await read(['a.zip', zip.subarray(0, length)])
      expect(names[0]).toBe('1 a.zip')
      expect(notes).toEqual(['archive-unreadable@1'])
    }
  })
})

describe('an office file', () => {
  const office = (more: readonly ZippedFile[]): Buffer =>
    makeZip([file('[Content_Types].xml', '<Types/>'), file('word/document.xml', '<w/>'), ...more])
  const ole = (...streams: readonly string[]): Buffer =>
    Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(504),
      ...streams.map((name) => Buffer.concat([Buffer.from(name, 'utf16le'), Buffer.alloc(64)])),
    ])

  it.each<[string, Buffer, readonly string[]]>([
    ['without either is said to be nothing', office([]), []],
    ['with macros is flagged', office([file('word/vbaProject.bin', 'x')]), ['contains-macros@1']],
    ['of an older Word with macros is flagged', ole('WordDocument', 'Macros', '_VBA_PROJECT'), ['contains-macros@1']],
    ['of an older Word without is not', ole('WordDocument'), []],
    ['locked with a password is said', ole('EncryptionInfo', 'EncryptedPackage'), ['document-encrypted@1']],
  ])('%s, and never unpacked', async (_, bytes, notes) => {
    const read1 = await read(['brev.docx', bytes])
    expect(read1.notes).toEqual(notes)
    expect(read1.parts).toHaveLength(1)
  })
})

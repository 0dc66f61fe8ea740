import { describe, expect, it } from 'vitest'
import { task } from '../../src/intake/normalise-task.ts'
import { cpuTimeMs } from '../support/cpu-time.ts'
import { makeMsg } from '../support/make-msg.ts'
import { embedded, makeTnef, packedRtf, unicode } from '../support/make-tnef.ts'

const PDF = Buffer.from('%PDF-1.7 attest')
const LONG_NAME = 0x3707
const UNICODE = 0x1f

async function read(name: string, bytes: Buffer, text = 'Hej') {
  const raw = Buffer.from(
    [
      'From: kai@example.dk',
      'Subject: Attest',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...(text === '' ? [] : ['--b', 'Content-Type: text/plain', '', text]),
      '--b',
      `Content-Type: application/octet-stream; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      bytes.toString('base64'),
      '--b--',
      '',
    ].join('\r\n'),
  )
  const message = await task({ raw, rawMediaType: 'message/rfc822', openpgpPrivateKeys: [] })
  const parts = message.parts.filter(({ role }) => role === 'attachment')
  return {
    parts,
    names: parts.map(({ name: one }) => one),
    texts: parts.map((one) => Buffer.from(one.bytes).toString('utf8')),
    notes: message.notes,
  }
}

describe('a winmail.dat', () => {
  it('is there with the files in it, each by its long name and its content', async () => {
    const winmail = makeTnef({
      files: [
        {
          title: Buffer.from('ATTEST~1.DAT\0'),
          data: PDF,
          properties: [[LONG_NAME, UNICODE, unicode('Sløjfning af tank.dat')]],
        },
        { title: Buffer.from('br\xf8nd.txt\0', 'latin1'), data: Buffer.from('note') },
      ],
    })
    const { names, parts, notes } = await read('winmail.dat', winmail)
    expect(names).toEqual(['winmail.dat', 'Sløjfning af tank.dat', 'brønd.txt'])
    expect(parts.map(({ mediaType }) => mediaType)).toEqual(['application/ms-tnef', 'application/pdf', 'text/plain'])
    expect(Buffer.from(parts[1]?.bytes ?? []).equals(PDF)).toBe(true)
    expect(Buffer.from(parts[0]?.bytes ?? []).equals(winmail)).toBe(true)
    expect(notes).toEqual([])
  })

  it('passes over what programs named by themselves, and takes data that stand among the properties', async () => {
    const winmail = makeTnef({
      files: [
        {
          properties: [
            [0x8001, UNICODE, unicode('noget andet')],
            [0x0e21, 3, Buffer.alloc(4)],
            [0x3007, 0x40, Buffer.alloc(8)],
            [LONG_NAME, 0x1e, Buffer.from('attest.pdf\0')],
            [0x3701, 0x102, PDF],
          ],
        },
      ],
    })
    expect((await read('winmail.dat', winmail)).names).toEqual(['winmail.dat', 'attest.pdf'])
  })

  it.each([
    ['text', [0x1000, UNICODE, unicode('Kære kommune')], 'besked.txt', 'Kære kommune'],
    ['HTML', [0x1013, 0x102, Buffer.from('<html><p>Kære</p></html>')], 'besked.html', '<html><p>Kære</p></html>'],
    ['RTF', [0x1009, 0x102, packedRtf('{\\rtf1 Hej}')], 'besked.rtf', '{\\rtf1 Hej}'],
  ] as const)('gives its text in %s as a file, where the mail shows none', async (_, property, name, text) => {
    const winmail = makeTnef({ properties: [property], files: [{ title: Buffer.from('a.pdf\0'), data: PDF }] })
    const { names, texts } = await read('winmail.dat', winmail, '')
    expect(names).toEqual(['winmail.dat', name, 'a.pdf'])
    expect(texts[1]).toBe(text)
    expect((await read('winmail.dat', winmail, 'Kære')).names).toEqual(['winmail.dat', 'a.pdf'])
  })

  it('holds messages in messages, their texts and files with them, to three deep', async () => {
    const inside = (depth: number): Buffer => {
      const body = [0x1000, UNICODE, unicode(`brev ${depth}`)] as const
      if (depth === 0)
        return makeTnef({ properties: [body], files: [{ title: Buffer.from('attest.pdf\0'), data: PDF }] })
      const message = embedded(inside(depth - 1))
      return makeTnef({
        properties: [body],
        files: [
          {
            properties: [
              [0x3001, UNICODE, unicode(`Brev ${depth}`)],
              [0x3701, 0x0d, message],
            ],
          },
        ],
      })
    }
    const { parts, texts, notes } = await read('winmail.dat', inside(2))
    expect(parts.map(({ path }) => path)).toEqual(['2', '2!1', '2!1!1', '2!1!2', '2!1!2!1', '2!1!2!2'])
    expect(texts.slice(-2)).toEqual(['brev 0', PDF.toString()])
    expect(notes).toEqual([])
    expect((await read('winmail.dat', inside(9))).notes).toEqual(['archive-too-deep@2!1!2!2'])
  })

  it('cut off anywhere gives what stood before, says so, and asks the citizen', async () => {
    const winmail = makeTnef({
      files: [
        { title: Buffer.from('a.pdf\0'), data: PDF },
        { title: Buffer.from('b.pdf\0'), data: PDF },
      ],
    })
    for (let length = 10; length < winmail.length; length += 1) {
      const { names, notes } = await read('winmail.dat', winmail.subarray(0, length))
      expect(names[0]).toBe('winmail.dat')
      if (length < winmail.length - 11) expect(names).not.toContain('b.pdf')
      expect(notes.every((note) => note === 'outlook-unreadable@2')).toBe(true)
    }
    expect((await read('winmail.dat', winmail.subarray(0, winmail.length - 20))).notes).toEqual([
      'outlook-unreadable@2',
    ])
  })

  it('with data and an object side by side gives both', async () => {
    const object = [0x3701, 0x0d, Buffer.concat([Buffer.alloc(16), Buffer.from('x')])] as const
    const winmail = makeTnef({ files: [{ title: Buffer.from('attest.pdf\0'), data: PDF, properties: [object] }] })
    const { texts } = await read('winmail.dat', winmail)
    expect(texts.slice(1)).toEqual([PDF.toString(), 'x'])
  })

  it('whose RTF claims to go on behind its end is not unpacked', async () => {
    const claims = (size: number): Buffer => {
      const rtf = packedRtf('{\\rtf1 x}')
      rtf.writeUInt32LE(size, 0)
      rtf.write('LZFu', 8, 'latin1')
      return makeTnef({ properties: [[0x1009, 0x102, rtf]], files: [{ title: Buffer.from('a.pdf\0'), data: PDF }] })
    }
    for (const size of [0x7ffffff0, 50_000_000, 100]) {
      const found = await read('winmail.dat', claims(size), '')
      expect([found.names, found.notes]).toEqual([['winmail.dat', 'a.pdf'], ['outlook-unreadable@1']])
    }
  })

  it('that lies about lengths and counts costs nothing', async () => {
    const winmail = makeTnef({
      properties: [[0x1000, UNICODE, unicode('x')]],
      files: [{ title: Buffer.from('a.pdf\0'), data: PDF }],
    })
    for (let at = 6; at < winmail.length; at += 1) {
      const lying = Buffer.from(winmail)
      lying.fill(0xff, at, Math.min(at + 4, lying.length))
      expect((await read('winmail.dat', lying)).names[0]).toBe('winmail.dat')
    }
    const bomb = makeTnef({ properties: [[0x1009, 0x102, packedRtf('{\\rtf1 x}', 0x7fffffff)]] })
    expect(await read('winmail.dat', bomb, '')).toMatchObject({
      names: ['winmail.dat'],
      notes: ['outlook-unreadable@1'],
    })
  })
})

describe('a container with a PDF in it as it stands', () => {
  it('is opened, unless its name says that it is a PDF: a reader would show it as one', async () => {
    const winmail = makeTnef({ files: [{ title: Buffer.from('a.pdf\0'), data: PDF }] })
    expect((await read('winmail.dat', winmail)).names).toEqual(['winmail.dat', 'a.pdf'])
    const called = await read('attest.PDF', winmail)
    expect(called.parts.map(({ mediaType }) => mediaType)).toEqual(['application/pdf'])
  })
})

describe('a mail that Outlook saved as .msg', () => {
  const message = (files: Parameters<typeof makeMsg>[0]['files']): Buffer =>
    makeMsg({ subject: 'Tank på Ærø', body: 'Kære kommune', from: 'Kai Jensen', files })

  it('is there with its text and its files', async () => {
    const { names, texts, parts, notes } = await read('brev.msg', message([{ name: 'attest.pdf', bytes: PDF }]))
    expect(names).toEqual(['brev.msg', 'Tank på Ærø.txt', 'attest.pdf'])
    expect(texts[1]).toBe('From: Kai Jensen\nSubject: Tank på Ærø\n\nKære kommune\n')
    expect(texts[2]).toBe(PDF.toString())
    // Its text looks like a mail, and is none that anybody sent.
    expect(parts.map(({ mediaType }) => mediaType)).toEqual([
      'application/vnd.ms-outlook',
      'text/plain',
      'application/pdf',
    ])
    expect(notes).toEqual([])
  })

  it('attached as a file to another is opened too', async () => {
    const inner = message([{ name: 'attest.pdf', bytes: PDF }])
    const { names } = await read('ydre.msg', message([{ name: 'indre.msg', bytes: inner }]))
    expect(names).toEqual(['ydre.msg', 'Tank på Ærø.txt', 'indre.msg', 'Tank på Ærø (2).txt', 'attest.pdf'])
  })

  it('gives a file beside which an object stands, and says where there is but an object', async () => {
    const both = await read('brev.msg', message([{ name: 'attest.pdf', bytes: PDF, hasObject: true }]))
    expect([both.names.at(-1), both.notes]).toEqual(['attest.pdf', []])
    const only = await read('brev.msg', message([{ name: 'ark.xls', bytes: null, hasObject: true }]))
    expect([only.names, only.notes]).toEqual([['brev.msg', 'Tank på Ærø.txt'], ['outlook-unreadable@2']])
  })

  it('cut off is kept, and said', async () => {
    const whole = message([{ name: 'attest.pdf', bytes: Buffer.concat([PDF, Buffer.alloc(9000, 1)]) }])
    const { names, notes } = await read('brev.msg', whole.subarray(0, 3000))
    expect([names[0], notes]).toEqual(['brev.msg', names.includes('attest.pdf') ? [] : ['outlook-unreadable@2']])
  })

  it('whose tables lie ends in little time, with what there is or a word that it cannot be read', async () => {
    const whole = message([
      { name: 'attest.pdf', bytes: Buffer.concat([PDF, Buffer.alloc(9000, 1)]) },
      { name: 'b.txt', bytes: Buffer.from('hej') },
    ])
    const cost = await cpuTimeMs(async () => {
      for (let at = 28; at < whole.length; at += at < 512 ? 4 : 61) {
        for (const value of [0, 1, 0x7fffffff, 0xfffffffe]) {
          const lying = Buffer.from(whole)
          lying.writeUInt32LE(value, Math.min(at, lying.length - 4))
          const { names, notes } = await read('brev.msg', lying)
          expect(names[0]).toBe('brev.msg')
          expect(notes.every((note) => note === 'outlook-unreadable@2')).toBe(true)
        }
      }
    })
    expect(cost).toBeLessThan(20_000)
  })

  it('whose chain of sectors runs in a circle, or whose tree of names does, is not read for ever', async () => {
    const whole = message([{ name: 'attest.pdf', bytes: Buffer.concat([PDF, Buffer.alloc(9000, 1)]) }])
    const circle = (change: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(whole)
      change(bytes)
      return read('brev.msg', bytes)
    }
    const sector = (at: number): number => 512 * (1 + at)
    const directory = sector(whole.readUInt32LE(48))
    const fat = sector(whole.readUInt32LE(76))
    const inCircle = await circle((bytes) =>
      bytes.writeUInt32LE(whole.readUInt32LE(48), fat + 4 * whole.readUInt32LE(48)),
    )
    expect([inCircle.names, inCircle.notes]).toEqual([['brev.msg'], ['outlook-unreadable@2']])
    const toItself = await circle((bytes) => bytes.writeUInt32LE(1, directory + 128 + 72))
    expect([toItself.names, toItself.notes]).toEqual([['brev.msg'], ['outlook-unreadable@2']])
  })

  it('is no other compound file', async () => {
    const word = Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(600),
      Buffer.from('WordDocument', 'utf16le'),
    ])
    const { names, parts, notes } = await read('brev.doc', word)
    expect([names, parts[0]?.mediaType, notes]).toEqual([['brev.doc'], 'application/x-ole-storage', []])
  })
})

import { PDFDocument } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { describeVerdict } from '../../../src/verify/index.ts'
import { decodeStream, dictOf, isKind, openPdf, textOf } from '../../../src/verify/pdf/index.ts'
import { encryptedStream, encryptedString, writeEncryptedPdf } from '../../support/encrypt-pdf.ts'
import { BASE_OBJECTS, streamObject } from '../../support/make-signed-pdf.ts'
import { judge } from '../process/pdf-cases.ts'

const refused = (code: string) => expect.objectContaining({ name: 'VerifyError', code })
const BOTH = '/StmF /StdCF /StrF /StdCF'

/** Gives the text of an object's T, and what its stream decodes to. */
function read(pdf: Buffer, number: number, password: string | null = null): { text: string | null; data: string } {
  const document = openPdf(pdf, { password })
  const view = document.view(document.revisions.length - 1)
  const value = view.object(number)
  const data = isKind(value, 'stream') ? decodeStream(value, view.resolve, document.budget) : Buffer.alloc(0)
  return { text: textOf(dictOf(value)?.entries.get('T')), data: Buffer.from(data).toString('latin1') }
}

const written = (
  filters: string,
  objects: readonly (readonly [number, string])[],
  more: Partial<Parameters<typeof writeEncryptedPdf>[0]> = {},
) => writeEncryptedPdf({ user: Buffer.from('user'), filters, objects: new Map([...BASE_OBJECTS, ...objects]), ...more })

describe('an encrypted PDF', () => {
  it.each(['AES-256', 'AES-128', 'RC4-128', 'RC4-40'] as const)(
    'that another program encrypted by %s opens by the user’s and the owner’s password, and by no other',
    async (algorithm) => {
      const made = await PDFDocument.create()
      made.addPage([200, 100])
      await made.attach(Buffer.from('the tank is gone'), 'a.txt')
      made.encrypt({ userPassword: 'kodeord', ownerPassword: 'ejer', algorithm, allowWeakCryptography: true })
      const pdf = Buffer.from(await made.save({ useObjectStreams: false }))
      for (const password of ['kodeord', 'ejer']) {
        const files = Array.from({ length: 12 }, (_, i) => read(pdf, i + 1, password).data)
        expect(files).toContain('the tank is gone')
      }
      expect(() => openPdf(pdf)).toThrow(refused('encrypted'))
      expect(() => openPdf(pdf, { password: 'Kodeord' })).toThrow(refused('wrong-password'))
    },
  )

  it('takes passwords in PDFDocEncoding where the handler is an old one, and as they were typed by other writers', async () => {
    const made = await PDFDocument.create()
    made.addPage([200, 100])
    // What the other program puts into the octets 0x80 and 0xa0 are a bullet and the euro in PDFDocEncoding.
    made.encrypt({ userPassword: '\u0080\u00a0', algorithm: 'AES-128', allowWeakCryptography: true })
    const pdf = Buffer.from(await made.save({ useObjectStreams: false }))
    expect(openPdf(pdf, { password: '•€' }).encrypted).toBe(true)
  })

  it.each([
    ['a soft hyphen is nothing', 'ko\u00adde', 'kode'],
    ['a wide space is a space', 'en\u3000kode', 'en kode'],
    ['a ligature is its letters', 'ﬁn', 'fin'],
    ['an accent that stands alone joins its letter', 'a\u030a', 'å'],
    ['more than 127 octets are cut', 'k'.repeat(200), 'k'.repeat(127)],
  ])('prepares passwords for AES-256: %s', (_what, typed, prepared) => {
    const pdf = written(BOTH, [[6, `<< /T ${encryptedString('navn')} >>`]], { user: Buffer.from(prepared) })
    expect(read(pdf, 6, typed).text).toBe('navn')
  })

  it('opens where a writer prepared nothing', () => {
    const pdf = written(BOTH, [[6, `<< /T ${encryptedString('navn')} >>`]], { user: Buffer.from('ﬁn') })
    expect(read(pdf, 6, 'ﬁn').text).toBe('navn')
  })
})

describe('a code that authenticates an encrypted document', () => {
  const withTrailer = (entry: string): Buffer => {
    const pdf = written(BOTH, []).toString('latin1')
    return Buffer.from(pdf.replace('trailer\n<<', `trailer\n<< ${entry}`), 'latin1')
  }
  const code = '<< /MACLocation /Standalone /ByteRange [0 10 20 30] /MAC <300a06092a864886f70d010702> >>'

  it('stands in the trailer and is nobody’s signature', () => {
    const report = judge(withTrailer(`/AuthCode ${code}`), { password: 'user' })
    expect(report).toMatchObject({ indication: 'NO-SIGNATURE', signatures: [] })
  })

  it('hides nothing else that stands there', () => {
    for (const more of [`/AuthCode ${code} /Other ${code}`, `/Other ${code}`]) {
      expect(judge(withTrailer(more), { password: 'user' }).indication).toBe('TOTAL-FAILED')
    }
  })
})

describe('a stream with a cipher of its own', () => {
  const CRYPT = '/Filter [/Crypt]'

  it('is plain where its crypt filter says Identity or nothing', () => {
    const entries = [
      `${CRYPT} /DecodeParms [<< /Name /Identity >>] /T ${encryptedString('a')}`,
      `${CRYPT} /T ${encryptedString('b')}`,
    ]
    const pdf = written(
      BOTH,
      entries.map((one, i) => [6 + i, streamObject('plain', one)]),
    )
    expect(read(pdf, 6, 'user')).toEqual({ text: 'a', data: 'plain' })
    expect(read(pdf, 7, 'user')).toEqual({ text: 'b', data: 'plain' })
  })

  it('is decrypted by the crypt filter that it names, where streams are not otherwise', () => {
    const entries = '/Filter /Crypt /DecodeParms << /Name /StdCF >>'
    const pdf = written('/StrF /StdCF', [
      [6, encryptedStream('secret', entries)],
      [7, streamObject('plain')],
    ])
    expect(read(pdf, 6, 'user').data).toBe('secret')
    expect(read(pdf, 7, 'user').data).toBe('plain')
  })

  it('is not read where its crypt filter is not known', () => {
    const crypt = (name: string) => encryptedStream('x', `/Filter /Crypt /DecodeParms << /Name /${name} >>`)
    const filters = `${BOTH} /CF << /StdCF << /CFM /AESV3 >> /Other << /CFM /Own >> >>`
    const pdf = written(filters, [
      [6, crypt('Other')],
      [7, crypt('StdCF')],
    ])
    expect(read(pdf, 7, 'user').data).toBe('x')
    expect(() => read(pdf, 6, 'user')).toThrow(refused('unsupported'))
  })

  it('that is an attached file is decrypted as EFF says', () => {
    const file = '/Type /EmbeddedFile'
    const encrypted = written('/EFF /StdCF', [[6, encryptedStream('file', file)]])
    expect(read(encrypted, 6, 'user').data).toBe('file')
    const plain = written(`${BOTH} /EFF /Identity`, [[6, streamObject('file', file)]])
    expect(read(plain, 6, 'user').data).toBe('file')
    expect(read(written(BOTH, [[6, encryptedStream('file', file)]]), 6, 'user').data).toBe('file')
  })

  it('keeps only itself closed, where attached files alone are encrypted and nobody gave the password', () => {
    const pdf = written('/EFF /StdCF', [
      [6, encryptedStream('file', '/Type /EmbeddedFile')],
      [7, streamObject('page')],
    ])
    expect(read(pdf, 7).data).toBe('page')
    expect(() => read(pdf, 6)).toThrow(refused('encrypted'))
  })
})

describe('a PDF that nobody here can open', () => {
  it.each([
    ['encrypted-to-recipients', '/Adobe.PubSec', '/SubFilter /adbe.pkcs7.s5 /Recipients []'],
    ['encryption-unknown', '/Some.Handler', ''],
  ])('is %s, and never called unsigned', (code, handler, more) => {
    const pdf = written(`${BOTH} ${more}`, [], { handler })
    for (const password of [null, 'user']) {
      const report = judge(pdf, { password })
      expect(report).toMatchObject({ indication: 'INDETERMINATE', encrypted: true, signatures: [] })
      expect(report.findings).toEqual([expect.objectContaining({ code, severity: 'error' })])
      expect(describeVerdict(report, 'en').details).toHaveLength(1)
    }
  })

  it.each([
    ['V 9', /\/V 5/, '/V 9'],
    ['a cipher that is none', /AESV3/, 'AESV9'],
    ['a cipher by the name of something in JavaScript', /AESV3/, 'constructor'],
    ['no dictionary', /\/Encrypt 90 0 R/, '/Encrypt 91 0 R'],
  ])('by %s is encryption-unknown', (_what, pattern, put) => {
    const pdf = Buffer.from(written(BOTH, []).toString('latin1').replace(pattern, put), 'latin1')
    const report = judge(pdf)
    expect(report).toMatchObject({ indication: 'INDETERMINATE', encrypted: true })
    expect(report.findings.map((one) => one.code)).toContain('encryption-unknown')
  })
})

import { constants, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { describeVerdict } from '../../../src/verify/index.ts'
import { appendUpdate, BASE_OBJECTS, gapOf, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
import { codes, judge, only, signedPdf } from './pdf-cases.ts'

const pdf = signedPdf()
const { open, close } = gapOf(pdf)
const begin = pdf.lastIndexOf('11 0 obj', open, 'latin1')

const flip = (at: number, mask: number): Buffer => {
  const changed = Buffer.from(pdf)
  changed.writeUInt8(changed.readUInt8(at) ^ mask, at)
  return changed
}

describe('a signed PDF that is damaged', () => {
  it('is never called unsigned where a byte of the signature dictionary flips, and never passes', () => {
    const unsigned: number[] = []
    const passed: number[] = []
    const places = [...Array(open + 40 - begin).keys()].map((i) => begin + i)
    for (const at of [...places, ...Array.from({ length: 60 }, (_, i) => close - 5 + i)]) {
      for (const mask of [0x01, 0x10, 0x20, 0x80]) {
        const { indication } = judge(flip(at, mask))
        if (indication === 'NO-SIGNATURE') unsigned.push(at)
        // Inside Contents nobody signs: a digit in the other case is the same, and zeros behind the CMS are padding.
        if (indication === 'TOTAL-PASSED' && (at <= open || at >= close - 1)) passed.push(at)
      }
    }
    expect(unsigned).toEqual([])
    expect(passed).toEqual([])
  })

  it('is never called unsigned where it is cut off behind the first word of its signature', () => {
    const first = pdf.indexOf('/Type /Sig', begin, 'latin1') + '/Type /Sig '.length
    const cuts = Array.from({ length: 200 }, (_, i) => first + Math.floor((i * (pdf.length - first - 1)) / 199))
    const said = new Set(cuts.map((cut) => judge(pdf.subarray(0, cut)).indication))
    expect(said).not.toContain('NO-SIGNATURE')
    expect(said).not.toContain('TOTAL-PASSED')
  })

  it('says so, and what to do, in both languages', () => {
    const report = judge(pdf.subarray(0, pdf.length - 60))
    expect(only(report)).toMatchObject({
      indication: 'TOTAL-FAILED',
      subIndication: 'FORMAT_FAILURE',
      intact: false,
      hidden: true,
    })
    expect(codes(only(report))).toEqual(['signature-damaged'])
    const en = describeVerdict(report, 'en')
    expect(en.headline).toBe('The file is damaged, and the signature cannot be read.')
    expect(en.whatToDo).toMatch(/^Send the original file again/)
    expect(describeVerdict(report, 'da').headline).toBe('Filen er beskadiget, og underskriften kan ikke læses.')
  })

  it('is one signature by its field, where the field still stands and its value cannot be read', () => {
    const report = judge(flip(pdf.indexOf('<<', begin, 'latin1'), 0x40))
    expect(only(report)).toMatchObject({ id: 'Signature1', hidden: false, intact: false })
  })

  it('is never called unsigned where a stream lost its end and runs over a signature that cannot be read', () => {
    const text = appendUpdate(pdf, new Map([[40, streamObject('x')]])).toString('latin1')
    const damaged = text
      .replace('endstream', 'endstrexm')
      .replace('11 0 obj\n<<', '11 0 obj\n<!')
      .replace('10 0 obj\n<<', '10 0 obj\n<!')
    expect(judge(Buffer.from(damaged, 'latin1')).indication).toBe('TOTAL-FAILED')
  })

  it('is never called unsigned where the stream runs over it and even its number is gone', () => {
    const text = appendUpdate(pdf, new Map([[40, streamObject('x')]])).toString('latin1')
    const damaged = text
      .replace('endstream', 'endstrexm')
      .replace('11 0 obj\n<<', '} } obj\n<<')
      .replace('/V 11 0 R', '/W 11 0 R')
      .replace(/startxref\n\d+\n%%EOF\n$/, 'startxref\n7\n%%EOF\n')
    expect(judge(Buffer.from(damaged, 'latin1')).indication).toBe('TOTAL-FAILED')
  })

  it('is never called unsigned where the stream runs over its beginning, and its end is gone', () => {
    // A form without a signature's field, a stream that lost its end, the beginning of a signature, and a whole object.
    const lost = '6 0 obj\n<< /Length 44 >>\nstream\nq Q\n'
    const cut = `11 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 9 9 9] /Contents <3082012230\n`
    const text = writePdf(BASE_OBJECTS).toString('latin1')
    const at = text.indexOf('5 0 obj')
    const file = `${text.slice(0, at)}${lost}${cut}7 0 obj\n${streamObject('q Q')}\nendobj\n${text.slice(at)}`
    const { indication } = judge(Buffer.from(file, 'latin1'))
    expect(indication).not.toBe('NO-SIGNATURE')
  })

  it('is never called unsigned where a string lost its end and runs over a signature that cannot be read', () => {
    const behind = appendUpdate(pdf, new Map([[40, '<< /Type ) >>']])).toString('latin1')
    const broken = behind.replace('/ByteRange [0 ', '/ByteRange [\xb6 ').replace('/V 11 0 R', '/W 11 0 R')
    const running = broken.replace('5 0 obj\n<< /Type /Font', '5 0 obj\n<< /Type (/Font')
    expect(running.length).toBe(broken.length + 1)
    expect(judge(Buffer.from(running, 'latin1')).indication).toBe('TOTAL-FAILED')
    const rebuilt = running.replace(/startxref\n\d+\n%%EOF\n$/, 'startxref\n7\n%%EOF\n')
    expect(judge(Buffer.from(rebuilt, 'latin1')).indication).toBe('TOTAL-FAILED')
    const nameless = rebuilt.replace('11 0 obj', '} } obj')
    expect(judge(Buffer.from(nameless, 'latin1')).indication).toBe('TOTAL-FAILED')
  })

  it('is never called unsigned where an object that cannot be read stands in what another one calls its stream', () => {
    const inside = '11 0 obj\n<< /Type /Sig /ByteRange [0 9 9 \xb6] >>\nendobj\n'
    const host = writePdf(new Map([...BASE_OBJECTS, [6, streamObject(`q Q\n${inside}`)]])).toString('latin1')
    const rows = `11 1\n${String(host.indexOf('11 0 obj')).padStart(10, '0')} 00000 n \ntrailer`
    const report = judge(Buffer.from(host.replace('trailer', rows), 'latin1'))
    expect(report.indication).toBe('TOTAL-FAILED')
    expect(judge(Buffer.from(host, 'latin1')).indication).toBe('NO-SIGNATURE')
  })

  it.each([
    ['a byte range', '/ByteRange\0[0 1 2 3]'],
    ['a byte range that is written in codes', '/Byte#52an#67e [0 1 2 3]'],
    ['a type behind a comment', '/Type %of it\n/Sig'],
    ['a type that is written in codes', '/T#79pe /DocTime#53tamp'],
    ['the rules it was made by', '/SubFilter /ETSI.CAdES.detached'],
    ['the beginning of its value', `/Contents <3082${'0a'.repeat(64)}`],
    ['a field with its value', '/FT /Sig /T (A) /V 11 0 R'],
    ['a field whose names are written in codes', '/#46T /Sig /T (A) /#56 11 0 R'],
  ])('is never called unsigned where only %s is left of it', (_, left) => {
    const file = writePdf(new Map([...BASE_OBJECTS, [6, `<< ! ${left} >>`]]))
    expect(judge(file).indication).toBe('TOTAL-FAILED')
  })

  it('is never called unsigned where the signature stands in a stream of objects that is damaged', () => {
    const field = '<< /Type /Annot /FT /Sig /T (A) /V 11 0 R >>'
    const withStream = (data: Buffer, entries: string): Buffer => {
      const stream = streamObject(data.toString('latin1'), `/Type /ObjStm /N 2 /First 10 ${entries}`)
      const rows = Buffer.from([0, 0, 0, 0, 2, 0, 6, 0, 2, 0, 6, 1])
      const file = writePdf(new Map([...BASE_OBJECTS, [6, stream]])).toString('latin1')
      const at = file.indexOf('xref\n')
      const index = '/Size 30 /Index [0 1 20 2] /W [1 2 1]'
      const hybrid = `30 0 obj\n${streamObject(rows.toString('latin1'), `/Type /XRef ${index}`)}\nendobj\n`
      const table = file.slice(at).replace('/Root', `/XRefStm ${at} /Root`)
      const end = table.replace(/startxref\n\d+/, `startxref\n${at + hybrid.length}`)
      return Buffer.from(file.slice(0, at) + hybrid + end, 'latin1')
    }
    const whole = Buffer.from(`20 0 21 5\nnull ${field}`)
    expect(judge(withStream(whole, '')).indication).toBe('NO-SIGNATURE')
    const member = Buffer.from(`20 0 21 5\nnull ${field.replace('/Annot', ')Annot')}`)
    expect(judge(withStream(member, '')).indication).toBe('TOTAL-FAILED')
    const directory = Buffer.from(`20 0 x1 5\nnull ${field}`)
    expect(judge(withStream(directory, '')).indication).toBe('TOTAL-FAILED')
    const deflated = deflateSync(whole, { finishFlush: constants.Z_SYNC_FLUSH })
    // A block of a type that there is not.
    const torn = Buffer.concat([deflated, Buffer.from([0x07])])
    expect(judge(withStream(deflated, '/Filter /FlateDecode')).indication).toBe('NO-SIGNATURE')
    expect(judge(withStream(torn, '/Filter /FlateDecode')).indication).toBe('TOTAL-FAILED')
  })

  it('does not pass where a second signature beside it is whole', () => {
    const twice = appendUpdate(pdf, new Map([[40, '<< /Type /Note >>']]))
    const junk = Buffer.concat([twice, Buffer.from('41 0 obj\n<< /Type /Sig /ByteRange [0 1 2 3] /Contents <30')])
    expect(judge(junk).indication).toBe('TOTAL-FAILED')
  })
})

describe('a PDF that nobody signed', () => {
  const withObjects = (...objects: readonly (readonly [number, string])[]) =>
    writePdf(new Map([...BASE_OBJECTS, ...objects]))
  const form = (field: string, ...more: readonly (readonly [number, string])[]) =>
    withObjects([1, '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [10 0 R] >> >>'], [10, field], ...more)

  it('stays unsigned where a stream speaks of signatures', () => {
    const text = '(/Type /Sig /ByteRange [0 1 2 3] /Contents <300806092a864886f70d010702>) Tj'
    expect(judge(withObjects([6, streamObject(text)])).indication).toBe('NO-SIGNATURE')
  })

  it('stays unsigned where a stream or a string speaks of signatures and something else cannot be read', () => {
    const text = '(/Type /Sig /ByteRange [0 1 2 3] /SubFilter /ETSI.CAdES.detached) Tj'
    const note = `<< /Type /Annot /Contents ${text.slice(0, -3)} >>`
    const waiting = '<< ! /FT /Sig /T (Later) /SV << /Type /SV /SubFilter [/ETSI.CAdES.detached] >> >>'
    const file = withObjects([6, streamObject(text)], [7, note], [8, waiting], [9, '<< /Contents <FEFF0041'])
    expect(judge(file)).toMatchObject({ indication: 'NO-SIGNATURE', signatures: [] })
    expect(judge(file).findings.map(({ code }) => code)).toContain('unreadable-object')
  })

  it('stays unsigned where a signed document is attached and something else cannot be read', () => {
    const attached = `<< /Type /EmbeddedFile /Length ${pdf.length} >>\nstream\n${pdf.toString('latin1')}\nendstream`
    expect(judge(withObjects([6, attached], [7, '<< ! >>'])).indication).toBe('NO-SIGNATURE')
  })

  it.each(['', '/V null', '/V 12 0 R'])('stays unsigned where a field waits for its signature: %s', (value) => {
    const field = `<< /FT /Sig /T (Later) ${value} >>`
    expect(judge(form(field, [12, 'null'])).indication).toBe('NO-SIGNATURE')
  })

  it.each(['/V 77 0 R', '/V (signed)'])('is none where a field was signed: %s', (value) => {
    const report = judge(form(`<< /FT /Sig /T (Later) ${value} >>`))
    expect(only(report)).toMatchObject({ id: 'Later', indication: 'TOTAL-FAILED', intact: false })
  })

  it('is none where a CMS stands under another key, or a byte range alone', () => {
    expect(judge(withObjects([6, '<< /Inhalt <300b06092a864886f70d010702> >>'])).indication).toBe('TOTAL-FAILED')
    expect(judge(withObjects([6, '<< /ByteRange [0 1 2 3] >>'])).indication).toBe('TOTAL-FAILED')
  })
})

import { describe, expect, it } from 'vitest'
import { describeVerdict, writeJson, writeText } from '../../../src/verify/index.ts'
import { signPdf, writePdf } from '../../support/make-signed-pdf.ts'
import { makeCa, makeLeaf } from '../make-pki.ts'
import { judge, signedPdf, signWith } from '../process/pdf-cases.ts'

describe('a verdict in words', () => {
  it('of a good signature names the signer and asks for nothing', () => {
    const words = describeVerdict(judge(signedPdf()), 'da')
    const valid = 'Underskriften er gyldig. Indholdet er ikke ændret, siden Kai Jensen underskrev.'
    expect(words.headline).toBe(`${valid} Om certifikatet er spærret, er ikke kontrolleret.`)
    expect(words.whatToDo).toBeNull()
    expect(describeVerdict(judge(signedPdf()), 'en').headline).toContain('Kai Jensen')
  })

  it('of an unknown CA names the CA, and says that the file is unchanged', () => {
    const stranger = makeLeaf('Kai Jensen', makeCa('Ukendt CA, Vejle'))
    const words = describeVerdict(judge(signedPdf({ sign: signWith(stranger) })), 'da')
    expect(words.headline).toContain('Filen er ikke ændret siden underskriften.')
    expect(words.headline).toContain('Underskriverens CA, Ukendt CA, Vejle, står ikke på kommunens liste.')
    expect(words.whatToDo).toContain('Kommunen kan undersøge udstederen')
  })

  it('of a flipped byte says that the file is not the one that was signed', () => {
    const changed = signedPdf()
    const at = changed.indexOf('tank')
    changed.write('bank', at)
    const words = describeVerdict(judge(changed), 'da')
    expect(words.headline).toMatch(/ikke den, der blev underskrevet/)
    expect(words.whatToDo).toMatch(/oprindelige fil/)
  })

  it('of an unsigned file, of no document and of missing revocation evidence says what to do', () => {
    const cases = [judge(writePdf()), judge(Buffer.from('hello')), judge(signedPdf(), { checkRevocation: 'require' })]
    for (const report of cases) {
      for (const language of ['da', 'en'] as const) {
        const words = describeVerdict(report, language)
        expect(words.headline).not.toBe('')
        expect(words.whatToDo).not.toBeNull()
      }
    }
  })

  it('speaks for all of several signatures', () => {
    const more = { field: 20, signature: 21, name: 'S2', otherFields: '10 0 R' }
    const twice = signPdf(signedPdf(), { sign: signWith(), ...more })
    expect(describeVerdict(judge(twice), 'en').headline).toMatch(/^All signatures are valid/)
  })
})

describe('the writers', () => {
  it('give one line of JSON per report', () => {
    const line = writeJson(judge(signedPdf(), { fileName: 'a\nb.pdf' }))
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toMatchObject({ schemaVersion: 1, file: 'a\nb.pdf', indication: 'TOTAL-PASSED' })
  })

  it('keep a hostile name from steering the terminal', () => {
    const stranger = makeLeaf('Kai\u001b[2J\u202e', makeCa('X'))
    const text = writeText(judge(signedPdf({ sign: signWith(stranger) })), 'en')
    for (const steering of ['\u001b', '\u202e']) expect(text).not.toContain(steering)
    expect(text).toContain('INDETERMINATE (NO_CERTIFICATE_CHAIN_FOUND)')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSafeBagPath } from '../../src/archive/bag-path.ts'
import { dublinCoreXml } from '../../src/archive/dublin-core.ts'
import { packageFileName, packageObjid } from '../../src/archive/package-names.ts'

describe('a name in a package', () => {
  it.each([
    ['Attest – sløjfet olietank (2).PDF', '001-Attest-sloejfet-olietank-2.pdf'],
    ['../../etc/passwd', '001-etc-passwd'],
    ['0102701234.pdf', '001-xxxxxx-xxxx.pdf'],
    ['cpr 010270-1234 attest.pdf', '001-cpr-xxxxxx-xxxx-attest.pdf'],
    ['cpr 01.02.70 1234.pdf', '001-cpr-xxxxxx-xxxx.pdf'],
    ['CON', '001-CON'],
    ['....', '001-file'],
    ['日本語.pdf', '001-file.pdf'],
    ['é\u0301.txt', '001-e.txt'],
  ])('of %j is %s', (name, safe) => {
    expect(packageFileName(name, 1)).toBe(safe)
  })

  it('of any text is short, ASCII, safe, and without ten digits in a row', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 9999 }), (name, place) => {
        const safe = packageFileName(name, place)
        expect(safe).toMatch(/^[A-Za-z0-9-]+(\.[a-z0-9]{1,5})?$/)
        expect(isSafeBagPath(safe)).toBe(true)
        expect(safe.length).toBeLessThan(80)
      }),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z ]{0,5}\d{6}[- ._]?\d{4}[a-z ]{0,5}$/), (name) => {
        expect(packageFileName(name, 1)).not.toMatch(/\d{6}-?\d{4}/)
      }),
    )
  })
})

describe('an OBJID', () => {
  it('is a UUID version 5, the same for the same package and another for any other', () => {
    const objid = packageObjid('12345678', 'case-1', 1)
    expect(objid).toMatch(/^uuid-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(packageObjid('12345678', 'case-1', 1)).toBe(objid)
    const others = [packageObjid('12345679', 'case-1', 1), packageObjid('12345678', 'case-2', 1)]
    expect(new Set([objid, ...others, packageObjid('12345678', 'case-1', 2)]).size).toBe(4)
  })

  it('is what other makers of UUIDs make of the same name', () => {
    // python3: uuid.uuid5(uuid.UUID('6f0d3c1e-52a7-4b8e-9d6c-7a1f2e94c3b5'), '12345678/case-1/1')
    expect(packageObjid('12345678', 'case-1', 1)).toBe('uuid-25833328-052c-58d8-8b68-8276e35e6482')
  })
})

describe('dc.xml', () => {
  it('holds no markup and no character of the citizen’s that XML has no place for', () => {
    const xml = dublinCoreXml({
      identifier: ['a', 'b'],
      title: '</dc:title><x>&"\u0000\uFFFE',
      creator: 'c',
      date: 'd',
      language: 'da',
      subject: 's',
      type: 't',
    })
    expect(xml).toContain('<dc:title>&lt;/dc:title&gt;&lt;x&gt;&amp;&quot;\uFFFD\uFFFD</dc:title>')
    expect(xml.match(/<dc:identifier>/g)).toHaveLength(2)
  })
})

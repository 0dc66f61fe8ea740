import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readXmp } from '../../../src/verify/pdf/xmp.ts'
import { cpuTimeMs } from '../../support/cpu-time.ts'

const DC = 'http://purl.org/dc/elements/1.1/'
const whole = (inside: string): string =>
  `<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="${DC}">${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`

describe('the properties of an XMP packet', () => {
  it.each([
    ['an element', '<dc:title>A &amp; B</dc:title>'],
    ['a list of one', '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">A &#38; B</rdf:li></rdf:Alt></dc:title>'],
    ['CDATA', '<dc:title><![CDATA[A & B]]></dc:title>'],
    ['another prefix', `<d:title xmlns:d="${DC}">A &#x26; B</d:title>`],
    ['a default namespace', `<title xmlns="${DC}">A &amp; <!-- or --> B</title>`.replace(' <!-- or -->', '')],
  ])('are the same as %s', (_how, inside) => {
    expect([...(readXmp(whole(inside)) ?? [])]).toEqual([[`/{${DC}}title`, ['A & B']]])
  })

  it('are the same as an attribute', () => {
    const attribute = whole('').replace('rdf:about=""', 'rdf:about="" dc:title="A &amp; B"')
    expect([...(readXmp(attribute) ?? [])]).toEqual([[`/{${DC}}title`, ['A & B']]])
  })

  it('keep the order of a list, and tell parts of a structure apart', () => {
    const inside =
      '<dc:creator><rdf:Seq><rdf:li>Kai</rdf:li><rdf:li>Eva</rdf:li></rdf:Seq></dc:creator><dc:x rdf:parseType="Resource"><dc:y>1</dc:y><dc:z>2</dc:z></dc:x>'
    expect([...(readXmp(whole(inside)) ?? [])]).toEqual([
      [`/{${DC}}creator`, ['Kai', 'Eva']],
      [`/{${DC}}x/{${DC}}y`, ['1']],
      [`/{${DC}}x/{${DC}}z`, ['2']],
    ])
  })

  it.each(['<a>', '</a>', '<a></b>', '<p:a/>', '<dc:a b=c/>', '&x;', '&', '<a b="<"/>', '<!DOCTYPE x>'])(
    'are not read of %j',
    (inside) => {
      expect(readXmp(whole(inside))).toBeNull()
    },
  )

  it('are read or not of any text, and in time', async () => {
    const piece = fc.constantFrom(
      '<dc:a>',
      '</dc:a>',
      '<rdf:li ',
      'dc:b="c"',
      '/>',
      '>',
      ' ',
      '&amp;',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      'x',
      '"',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const read = readXmp(whole(pieces.join('')))
        return read === null || read.size >= 0
      }),
    )
    const cost = await cpuTimeMs(() => {
      for (const unit of ['<dc:a', ' ', '<!--', '&', ' a="b"', '<dc:a ', '<dc:a>'])
        readXmp(whole(`<dc:a ${unit.repeat(200_000)}`))
    })
    expect(cost).toBeLessThan(2000)
  })
})

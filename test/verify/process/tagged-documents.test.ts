import { describe, expect, it } from 'vitest'
import { appendUpdate, type Objects, signPdf } from '../../support/make-signed-pdf.ts'
import { makeLeaf } from '../make-pki.ts'
import { ca, judge, signedPdf, signWith } from './pdf-cases.ts'

/** A tagged document: 70 the root, 71 the document, 72 its paragraph, 73 what the page's marks belong to. */
const page = (annots: string, more = ''): string =>
  `<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [${annots}] /StructParents 0 ${more} >>`
const catalog = (fields: string): string =>
  `<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 70 0 R /AcroForm << /Fields [${fields}] /SigFlags 3 >> >>`
const root = (tree: string, next: number, kids = '71 0 R'): string =>
  `<< /Type /StructTreeRoot /K [${kids}] /ParentTree ${tree} /ParentTreeNextKey ${next} /RoleMap << /Title /H1 >> >>`
const documentTag = (kids: string): string => `<< /Type /StructElem /S /Document /P 70 0 R /K [${kids}] >>`
const PARAGRAPH = '<< /Type /StructElem /S /P /P 71 0 R /Pg 3 0 R /K [0] >>'
const tagged: Objects = new Map([
  [1, catalog('10 0 R')],
  [3, page('10 0 R')],
  [70, root('<< /Nums [0 73 0 R] >>', 1)],
  [71, documentTag('72 0 R')],
  [72, PARAGRAPH],
  [73, '[72 0 R]'],
])
const widget = (more = '/StructParent 1'): string =>
  `<< /FT /Sig /T (Signature2) /Type /Annot /Subtype /Widget /F 132 /Rect [9 9 99 99] /P 3 0 R /V 21 0 R ${more} >>`
const TAG = '<< /Type /StructElem /S /Form /P 71 0 R /Pg 3 0 R /K << /Type /OBJR /Obj 20 0 R >> >>'

/** A second signature, with the tags that the writer makes for its widget. */
function signedTwice(tags: Objects, more = ''): ReturnType<typeof judge>['signatures'][number] | undefined {
  const sign = signWith(makeLeaf('Mette', ca))
  const fields = '10 0 R 20 0 R'
  const objects: Objects = new Map([[1, catalog(fields)], [3, page(fields, more)], [20, widget()], ...tags])
  const pdf = signPdf(signedPdf({ objects: tagged }), { sign, field: 20, signature: 21, name: 'Signature2', objects })
  return judge(pdf).signatures.find(({ id }) => id === 'Signature1')
}

describe('a tagged document that is signed again', () => {
  const asIText: Objects = new Map([
    [70, root('75 0 R', 2)],
    [71, documentTag('72 0 R 74 0 R')],
    [74, TAG],
    [75, '<< /Nums [0 76 0 R 1 74 0 R] >>'],
    [76, '[72 0 R]'],
  ])
  it.each<[string, Objects, string]>([
    ['by a writer that adds no tags', new Map(), ''],
    ['by one that tags the widget, and writes its index anew', asIText, ''],
    ['by one that says the order of fields, too', asIText, '/Tabs /S'],
    [
      'by one that tags it below the root, in an index of several leaves',
      new Map([
        [70, root('<< /Kids [77 0 R 78 0 R] >>', 2, '71 0 R 74 0 R')],
        [74, TAG.replace('71 0 R', '70 0 R').replace('/K <<', '/K [<<').replace('>> >>', '>>] >>')],
        [77, '<< /Limits [0 0] /Nums [0 73 0 R] >>'],
        [78, '<< /Limits [1 1] /Nums [1 74 0 R] >>'],
      ]),
      '',
    ],
    [
      'by one whose page had one kid, and has two',
      new Map([
        [70, root('<< /Nums [0 73 0 R 1 74 0 R] >>', 2)],
        [71, documentTag('72 0 R 74 0 R')],
        [74, TAG],
      ]),
      '',
    ],
  ])('%s', (_who, tags, more) => {
    const signature = signedTwice(tags, more)
    expect(signature).toMatchObject({ changesAfter: 'permitted', indication: 'TOTAL-PASSED' })
    expect(signature?.findings.map(({ code }) => code)).not.toContain('change-unknown')
  })

  const withTag = (tag: string): Objects => new Map([...asIText, [74, tag]])
  it.each<[string, Objects]>([
    ['holds words', withTag(TAG.replace('/Pg', '/Alt (Pay 900) /Pg'))],
    ['holds other words to be read', withTag(TAG.replace('/Pg', '/ActualText (Pay 900) /Pg'))],
    ['is no tag of a field', withTag(TAG.replace('/Form', '/P'))],
    ['names a widget that was there', withTag(TAG.replace('20 0 R', '10 0 R'))],
    ['names the marks of the page', withTag(TAG.replace(/\/K <<.*>>/, '/K [0] >>'))],
    ['says that it stands elsewhere', withTag(TAG.replace('/P 71 0 R', '/P 72 0 R'))],
    ['was a tag before', new Map([...asIText, [71, documentTag('72 0 R 72 0 R')]])],
    ['takes the place of another', new Map([...asIText, [71, documentTag('74 0 R')]])],
    ['changes the order of the others', new Map([...asIText, [72, PARAGRAPH.replace('[0]', '[1]')]])],
    [
      'comes with another word for the paragraph',
      new Map([...asIText, [72, PARAGRAPH.replace('/S /P', '/S /P /Alt (900)')]]),
    ],
    ['comes with other roles', new Map([...asIText, [70, root('75 0 R', 2).replace('/H1', '/P')]])],
    ['takes a mark of the page to itself', new Map([...asIText, [76, '[74 0 R]']])],
    ['leaves a mark of the page to nobody', new Map([...asIText, [75, '<< /Nums [1 74 0 R] >>']])],
    ['stands twice in the index', new Map([...asIText, [75, '<< /Nums [0 76 0 R 1 74 0 R 0 74 0 R] >>']])],
    ['counts backwards', new Map([...asIText, [70, root('75 0 R', 0)]])],
  ])('and is left open where the tag %s', (_what, tags) => {
    expect(signedTwice(tags)).toMatchObject({ changesAfter: 'unknown', indication: 'INDETERMINATE' })
  })

  it('and is left open where only tags change, whoever signs', () => {
    const update: Objects = new Map([[72, PARAGRAPH.replace('/S /P', '/S /P /ActualText (900)')]])
    const [signature] = judge(appendUpdate(signedPdf({ objects: tagged }), update)).signatures
    expect(signature).toMatchObject({ changesAfter: 'unknown', indication: 'INDETERMINATE' })
  })
})

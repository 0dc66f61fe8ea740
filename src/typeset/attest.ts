import { PDFDocument, type PDFPage, rgb } from 'pdf-lib'
import { drawLine, drawParagraph, embedFonts, type Fonts, fitted, GREY, INK, RULE } from './ink.ts'
import { longDay } from './words.ts'

/** What the attest says. All names are made up. */
export interface Attest {
  readonly citizen: { readonly name: string; readonly address: string; readonly email: string; readonly phone: string }
  readonly property: { readonly address: string; readonly cadastre: string }
  readonly tank: { readonly volume: string; readonly material: string; readonly year: string; readonly number: string }
  readonly company: { readonly name: string; readonly cvr: string }
  /** As it shall stand, e.g. "19. november 2026". */
  readonly decommissionedOn: string
  readonly signedOn: string
}

/** Where on the page the signature belongs: left, bottom, right, top in points. */
export const ATTEST_SIGNATURE_BOX = [312, 118, 533, 172] as const

const WIDTH = 595.28
const LEFT = 62
const RIGHT = WIDTH - 62
const BLUE = rgb(0.09, 0.25, 0.44)

/** The demo's attest: Kai Jensen's oil tank, decommissioned four days before he signs. */
export function kaisAttest(signedOn: Date = new Date(Date.UTC(2026, 10, 23))): Attest {
  const decommissionedOn = new Date(signedOn.getTime() - 4 * 86_400_000)

  return {
    citizen: {
      name: 'Kai Jensen',
      address: 'Æblevej 12, 4690 Haslev',
      email: 'kai.jensen@example.dk',
      phone: '+45 00 00 00 12',
    },
    property: { address: 'Æblevej 12, 4690 Haslev', cadastre: '7q, Bråby By, Haslev' },
    tank: { volume: '2.500 liter', material: 'Stål, nedgravet', year: '1978', number: 'T-78-04412' },
    company: { name: 'Søndergaards Tankservice ApS', cvr: '00 00 00 00' },
    decommissionedOn: longDay(decommissionedOn.toISOString(), 'da', 'Europe/Copenhagen'),
    signedOn: longDay(signedOn.toISOString(), 'da', 'Europe/Copenhagen'),
  }
}

/**
 * Makes the one-page form "Attest: sløjfning af olietank", unsigned. Deterministic.
 * @param options.objectStreams true writes a cross-reference stream, false a classic table
 */
export async function makeAttest(
  attest: Attest = kaisAttest(),
  options: { readonly objectStreams?: boolean } = {},
): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false })
  const fonts = await embedFonts(document)
  document.setTitle('Attest: sløjfning af olietank')
  document.setLanguage('da-DK')
  const page = document.addPage([WIDTH, 841.89])
  drawHead(page, fonts)
  let y = 700
  for (const { title, fields } of sectionsOf(attest)) {
    drawLine(page, title, LEFT, y, { font: fonts.bold, size: 11, color: BLUE })
    y -= 12
    for (let index = 0; index < fields.length; index += 2) {
      const pair = fields.slice(index, index + 2)
      for (const [column, field] of pair.entries()) {
        const wide = pair.length === 1
        drawField(page, fonts, field, wide ? LEFT : LEFT + column * 240, y, wide ? RIGHT - LEFT : 231)
      }
      y -= 43
    }
    y -= 16
  }
  drawDeclaration(page, fonts, attest, y + 4)
  return await document.save({ useObjectStreams: options.objectStreams ?? false })
}

type Field = readonly [label: string, value: string]

function sectionsOf({
  citizen,
  property,
  tank,
  company,
  decommissionedOn,
}: Attest): { title: string; fields: Field[] }[] {
  return [
    {
      title: '1. Ejer',
      fields: [
        ['Navn', citizen.name],
        ['Telefon', citizen.phone],
        ['Adresse', citizen.address],
        ['E-mail', citizen.email],
      ],
    },
    {
      title: '2. Ejendom og tank',
      fields: [
        ['Ejendommens adresse', property.address],
        ['Matrikel', property.cadastre],
        ['Tankens rumfang', tank.volume],
        ['Materiale og placering', tank.material],
        ['Fabrikationsår', tank.year],
        ['Tanknummer', tank.number],
      ],
    },
    {
      title: '3. Sløjfning',
      fields: [
        ['Sløjfet den', decommissionedOn],
        ['Udført af', `${company.name} (CVR ${company.cvr})`],
        ['Metode', 'Tømt, renset og afblændet. Påfyldningsstuds og udluftningsrør er fjernet.'],
      ],
    },
  ]
}

function drawHead(page: PDFPage, fonts: Fonts): void {
  page.drawRectangle({ x: 0, y: 790, width: WIDTH, height: 51.89, color: BLUE })
  drawLine(page, 'Teknik og Miljø', LEFT, 811, { font: fonts.bold, size: 13, color: rgb(1, 1, 1) })
  drawLine(page, 'Blanket OT-3', RIGHT - 66, 811, { font: fonts.regular, size: 10, color: rgb(1, 1, 1) })
  drawLine(page, 'Attest: sløjfning af olietank', LEFT, 750, { font: fonts.bold, size: 21, color: INK })
  const lead =
    'Udfyldes af ejeren, når en olietank er taget varigt ud af brug. Sendes til kommunen senest fire uger efter.'
  drawLine(page, lead, LEFT, 730, { font: fonts.regular, size: 9.5, color: GREY })
}

function drawField(page: PDFPage, fonts: Fonts, [label, value]: Field, x: number, top: number, width: number): void {
  page.drawRectangle({
    x,
    y: top - 33,
    width,
    height: 35,
    borderColor: RULE,
    borderWidth: 0.8,
    color: rgb(0.985, 0.988, 0.992),
  })
  drawLine(page, label, x + 7, top - 9, { font: fonts.regular, size: 7.5, color: GREY })
  drawLine(page, value, x + 7, top - 25, fitted(value, { font: fonts.regular, size: 11 }, width - 14))
}

function drawDeclaration(page: PDFPage, fonts: Fonts, attest: Attest, y: number): void {
  drawLine(page, '4. Erklæring', LEFT, y, { font: fonts.bold, size: 11, color: BLUE })
  const text =
    'Jeg erklærer, at tanken er sløjfet som beskrevet ovenfor, at den er tømt og renset, og at oplysningerne er rigtige.'
  drawParagraph(page, text, { x: LEFT, y: y - 18, width: RIGHT - LEFT }, { font: fonts.regular, size: 10 })
  const [left, bottom, right] = ATTEST_SIGNATURE_BOX
  drawLine(page, 'Dato', LEFT, bottom - 12, { font: fonts.regular, size: 7.5, color: GREY })
  drawLine(page, attest.signedOn, LEFT, bottom + 8, { font: fonts.regular, size: 11 })
  page.drawLine({ start: { x: LEFT, y: bottom }, end: { x: LEFT + 180, y: bottom }, thickness: 0.8, color: GREY })
  drawLine(page, 'Underskrift (digital)', left, bottom - 12, { font: fonts.regular, size: 7.5, color: GREY })
  page.drawLine({ start: { x: left, y: bottom }, end: { x: right, y: bottom }, thickness: 0.8, color: GREY })
}

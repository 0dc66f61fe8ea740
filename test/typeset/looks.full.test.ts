import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { degrees, PDFDocument } from 'pdf-lib'
import { afterAll, describe, expect, it } from 'vitest'
import { signPdf } from '../../src/seal/index.ts'
import { ATTEST_SIGNATURE_BOX, createTypesetter, makeAttest } from '../../src/typeset/index.ts'
import { citizen, NOW } from '../seal/identities.ts'

const folder = mkdtempSync(join(tmpdir(), 'poststempel-looks-'))
afterAll(() => rmSync(folder, { recursive: true }))

const BAND = 26
const stamp = {
  municipality: 'Søby Kommune',
  caseNumber: '2026-000123-7',
  decidedAt: NOW.toISOString(),
  decidedBy: 'Åse Ørsted',
  language: 'da',
  timeZone: 'Europe/Copenhagen',
  originalSha256: 'ab'.repeat(32),
  verdict: 'Underskriften er gyldig.',
  genuineUrl: 'https://post.soeby.example/g/1',
} as const

interface Picture {
  readonly width: number
  readonly height: number
  readonly rows: readonly string[]
}

/** Page 1 in grey as poppler shows it, one point a pixel. */
function render(pdf: Uint8Array, name: string): Picture {
  const file = join(folder, `${name}.pdf`)
  writeFileSync(file, pdf)
  execFileSync('pdftoppm', ['-r', '72', '-gray', '-singlefile', '-cropbox', file, join(folder, name)])
  const pgm = readFileSync(join(folder, `${name}.pgm`))
  const [header = '', width = '0', height = '0'] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(pgm.toString('latin1')) ?? []
  const pixels = pgm.subarray(header.length)
  const rows = Array.from({ length: Number(height) }, (_, row) =>
    pixels.subarray(row * Number(width), (row + 1) * Number(width)).toString('latin1'),
  )
  return { width: Number(width), height: Number(height), rows }
}

describe('the copy looks', () => {
  it('like the signed original pixel by pixel, signature included, below the band', async () => {
    const visible = { rectangle: ATTEST_SIGNATURE_BOX, lines: ['Kai Jensen', 'Digitalt underskrevet'] }
    const options = { subFilter: 'ETSI.CAdES.detached', signingTime: NOW, visible } as const
    const signed = signPdf(await makeAttest(), await citizen('ec-p256'), options)
    const before = render(signed, 'signed')
    const copy = render(await createTypesetter().stampApproved(signed, stamp), 'copy')
    expect(copy.height).toBe(before.height + BAND)
    expect(copy.rows.slice(BAND)).toEqual(before.rows)
    // The comparison sees the signature: without it the pictures differ.
    expect(render(await makeAttest(), 'unsigned').rows).not.toEqual(before.rows)
  })

  for (const angle of [0, 90, 180, 270]) {
    it(`the same below a band on top, turned by ${angle} degrees`, async () => {
      const document = await PDFDocument.create()
      const page = document.addPage([420, 600])
      page.drawText('Vend mig', { x: 40, y: 500 })
      page.drawRectangle({ x: 200, y: 100, width: 90, height: 40 })
      page.setRotation(degrees(angle))
      const original = await document.save()
      const before = render(original, `turned-${angle}`)
      const copy = render(await createTypesetter().stampApproved(original, stamp), `copy-${angle}`)
      expect([copy.width, copy.height]).toEqual([before.width, before.height + BAND])
      expect(copy.rows.slice(BAND)).toEqual(before.rows)
      expect(new Set(copy.rows.slice(0, BAND).join('')).size).toBeGreaterThan(5)
    })
  }
})

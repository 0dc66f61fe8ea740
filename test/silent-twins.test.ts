import { describe, expect, it } from 'vitest'
import { findSilentTwins, type Show } from '../scripts/fixtures/silent-twins.ts'
import { files, judge, read } from './fixtures-judge.ts'

const expectation = files.find(({ file }) => file === 'levels/b-lt-crl.pdf')
if (!expectation) throw new Error('the fixture is missing')
const pdf = read(expectation.file)
const byOurs = (bytes: Uint8Array): ReturnType<typeof judge> => judge(bytes, expectation)

describe('the search for twins that pass silently and show something else', () => {
  it('finds none with a reader that shows what the pages draw', () => {
    const show: Show = (bytes) =>
      [
        ...Buffer.from(bytes)
          .toString('latin1')
          .matchAll(/BT .*? ET/g),
      ]
        .map(([text]) => text)
        .join('\n')
    expect(findSilentTwins(pdf, { judge: byOurs, show, every: 97 })).toEqual([])
  })

  it('finds them with a reader that shows what stands behind the signature', () => {
    const show: Show = (bytes) => String(bytes.length)
    const found = findSilentTwins(pdf, { judge: byOurs, show, every: 97 })
    expect(found.length).toBeGreaterThan(3)
    expect(found.every(({ at }) => at < pdf.length)).toBe(true)
  })
})

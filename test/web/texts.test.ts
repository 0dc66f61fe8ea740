import { describe, expect, it } from 'vitest'
import { da } from '../../src/web/texts/da.ts'
import { en } from '../../src/web/texts/en.ts'

/** Every key with the kind of its value; lists count as one kind with their length. */
function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value))
    return [`${path}[${value.length}]`, ...value.flatMap((one, i) => shapeOf(one, `${path}[${i}]`))]
  if (value === null || typeof value !== 'object') return [`${path}: ${typeof value}`]
  return Object.entries(value).flatMap(([key, one]) => shapeOf(one, `${path}.${key}`))
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsOf) : []
}

describe('texts', () => {
  it('have the same keys in both languages', () => {
    expect(shapeOf(en).sort()).toEqual(shapeOf(da).sort())
    expect(shapeOf(da).length).toBeGreaterThan(300)
  })

  it('are nowhere empty', () => {
    expect([...stringsOf(da), ...stringsOf(en)].filter((text) => text.trim() === '')).toEqual([])
  })

  it('are not left in the other language', () => {
    expect(stringsOf(en).filter((text) => /[æøåÆØÅ]/.test(text))).toEqual([])
    expect(stringsOf(da).filter((text) => /\b(the|and|with)\b/i.test(text))).toEqual([])
  })

  it('say one day and several days apart', () => {
    expect(da.queue.daysLeft(1)).toBe('1 arbejdsdag')
    expect(da.queue.daysLeft(-2)).toBe('2 arbejdsdage over')
    expect(en.queue.daysLeft(-1)).toBe('1 working day late')
    expect(en.queue.daysLeft(0)).toBe('today')
  })
})

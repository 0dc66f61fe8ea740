import { GatewayError } from '../model/errors.ts'

/**
 * Damm's quasigroup of order 10 (H. M. Damm, 2004): totally anti-symmetric, so that the check digit finds every
 * single wrong digit and every swap of neighbours, which people make when they read a number out on the telephone.
 */
const DAMM = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
] as const

const SHOWN = /^(\d{4})-(\d{6,9})-(\d)$/

/** Takes decimal digits; gives their check digit by Damm's algorithm. */
export function checkDigit(digits: string): string {
  let interim = 0
  for (const digit of digits) interim = Number(DAMM[interim]?.[Number(digit)])
  return String(interim)
}

/**
 * Takes the year and the serial within it; gives the number as people see it: "2026-000123-5".
 * @throws GatewayError internal where year or serial are no such numbers
 */
export function formatCaseNumber(year: number, serial: number): string {
  if (!Number.isInteger(year) || year < 1000 || year > 9999 || !Number.isInteger(serial) || serial < 1) {
    throw new GatewayError('internal', 'A case number needs a year of four digits and a serial from 1')
  }
  const digits = `${year}-${String(serial).padStart(6, '0')}`
  return `${digits}-${checkDigit(digits.replace('-', ''))}`
}

/**
 * Takes what somebody typed or said: spaces around and any kind of dash or space between are let pass.
 * Gives the number as we write it, or null where it is none or its check digit does not fit.
 */
export function parseCaseNumber(text: string): string | null {
  if (text.length > 40) return null
  const plain = text.trim().replace(/\s*[-\u2010-\u2015\u2212\s]\s*/g, '-')
  const match = SHOWN.exec(plain)
  if (!match) return null
  const [, year = '', serial = '', check] = match
  // One case has one number: more zeros in front would name it twice.
  if (serial.length > 6 && serial.startsWith('0')) return null
  return checkDigit(`${year}${serial}`) === check ? plain : null
}

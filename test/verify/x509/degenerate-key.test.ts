import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { encode, encodeOid, readChildren, readElement } from '../../../src/verify/der/index.ts'
import { readPublicKeyInfo } from '../../../src/verify/x509/public-key.ts'

const RSA = encodeOid('1.2.840.113549.1.1.1')
const NULL = Uint8Array.of(5, 0)
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url')

const positive = (octets: Uint8Array): Uint8Array => encode(0x02, Uint8Array.of(0), octets)

function keyOf(n: Uint8Array, exponent: readonly number[]) {
  const key = encode(0x30, positive(n), encode(0x02, Uint8Array.from(exponent)))
  const bytes = encode(0x30, encode(0x30, RSA, NULL), encode(0x03, Uint8Array.of(0), key))
  return readPublicKeyInfo(readElement(bytes))
}

it('an RSA key whose exponent gives back what it is given signs nothing, though OpenSSL takes it', () => {
  const even = Buffer.from(modulus)
  even[even.length - 1] = (even.at(-1) ?? 0) & 0xfe
  expect(keyOf(modulus, [1]).keyObject).toBe(null)
  expect(keyOf(modulus, [2]).keyObject).toBe(null)
  expect(keyOf(modulus, [0]).keyObject).toBe(null)
  expect(keyOf(even, [1, 0, 1]).keyObject).toBe(null)
  for (const exponent of [[3], [17], [1, 0, 1]]) expect(keyOf(modulus, exponent).keyObject).not.toBe(null)
})

it('a DSA key outside of its group signs nothing, though OpenSSL takes it', () => {
  const { publicKey: good } = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 })
  const info = readPublicKeyInfo(readElement(new Uint8Array(good.export({ format: 'der', type: 'spki' }))))
  expect(info.keyObject).not.toBe(null)
  const [p, q, g] = readChildren(info.algorithm.parameters ?? readElement(NULL)).map(({ bytes }) => bytes)
  const [one, y] = [Uint8Array.of(2, 1, 1), info.key]
  const keyObjectOf = (generator: Uint8Array | undefined, value: Uint8Array) => {
    const parameters = encode(0x30, p ?? NULL, q ?? NULL, generator ?? NULL)
    const algorithm = encode(0x30, encodeOid('1.2.840.10040.4.1'), parameters)
    return readPublicKeyInfo(readElement(encode(0x30, algorithm, encode(0x03, Uint8Array.of(0), value)))).keyObject
  }
  expect(keyObjectOf(g, y)).not.toBe(null)
  for (const [generator, value] of [
    [one, one],
    [g, one],
    [one, y],
    [g, Uint8Array.of(2, 1, 2)],
    [g, p ?? NULL],
    [g, NULL],
  ] as const) {
    expect(keyObjectOf(generator, value)).toBe(null)
  }
})

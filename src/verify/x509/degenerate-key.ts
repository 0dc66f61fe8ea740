import { constants, createPublicKey, publicEncrypt } from 'node:crypto'
import { type Element, readElement, readFields, TAG } from '../der/index.ts'
import { VerifyError } from '../errors.ts'

/**
 * Says whether an RSAPublicKey is one by which anybody makes signatures without a private key (an exponent of 1 gives back what
 * it is given), or none at all. OpenSSL takes these, and who certified such a key asked for no proof that there is a private one.
 * @see RFC 8017 §3.1 (the exponent is odd and at least 3, the modulus a product of odd primes) and appendix A.1.1
 */
export function isDegenerateRsaKey(key: Uint8Array): boolean {
  try {
    const fields = readFields(readElement(key), 'RSAPublicKey')
    const [modulus, exponent] = [fields.take(TAG.integer, 'modulus'), fields.take(TAG.integer, 'publicExponent')]
    return !isOdd(modulus) || !isOdd(exponent) || (exponent.content.length === 1 && exponent.content[0] === 1)
  } catch (fault) {
    if (fault instanceof VerifyError) return true
    throw fault
  }
}

const isOdd = ({ content }: Element): boolean => ((content.at(-1) ?? 0) & 1) === 1

/** The largest group of FIPS 186-4 §4.2, in octets of p. */
const MAX_PRIME_OCTETS = 384

/**
 * Says whether a DSA key with its parameters lies outside of the group that they name, or in one larger than there are: then
 * signatures can be made without a private key. OpenSSL takes these as well.
 * @see FIPS 186-4 §4.1, NIST SP 800-89 §5.3.1
 */
export function isDegenerateDsaKey(parameters: Element, key: Uint8Array): boolean {
  try {
    const fields = readFields(parameters, 'Dss-Parms')
    const [p, q, g] = ['p', 'q', 'g'].map((what) => magnitudeOf(fields.take(TAG.integer, what)))
    if (!p || !q || !g || p.length > MAX_PRIME_OCTETS) return true
    return [g, magnitudeOf(readElement(key))].some((one) => isOne(one) || !isOne(power(one, q, p)))
  } catch (fault) {
    if (fault instanceof VerifyError) return true
    throw fault
  }
}

/** The octets of a positive INTEGER without leading zeros. */
function magnitudeOf({ content }: Element): Uint8Array {
  const first = content.findIndex((octet) => octet !== 0)
  return first < 0 ? new Uint8Array(0) : content.subarray(first)
}

const isOne = (number: Uint8Array): boolean =>
  number.at(-1) === 1 && number.subarray(0, -1).every((octet) => octet === 0)

/** RSA without padding is this very power, at the speed of OpenSSL; nothing where the base is not below the modulus. */
function power(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array {
  const [n, e] = [modulus, exponent].map((number) => Buffer.from(number).toString('base64url'))
  const padded = Buffer.concat([Buffer.alloc(Math.max(0, modulus.length - base.length)), base])
  try {
    const key = createPublicKey({ key: { kty: 'RSA', n: n ?? '', e: e ?? '' }, format: 'jwk' })
    return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, padded)
  } catch {
    // What OpenSSL cannot raise to that power is no element of a group.
    return new Uint8Array(0)
  }
}

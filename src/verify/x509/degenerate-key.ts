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

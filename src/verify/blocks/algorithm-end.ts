import type { Certificate } from '../x509/certificate.ts'
import { keyBitsOf } from '../x509/key-size.ts'
import { readSignatureScheme } from '../x509/signature-scheme.ts'
import type { AlgorithmPolicy, Until } from './algorithm-policy.ts'

/** Names what a certificate rests on: how its issuer signed it and its own key, as "sha256", "rsa-pkcs1" and "rsa:3072". */
export function algorithmsOf(certificate: Certificate): readonly string[] {
  const scheme = readSignatureScheme(certificate.signatureAlgorithm)
  const type = certificate.publicKey.keyObject?.asymmetricKeyType
  return [
    ...(scheme ? [scheme.kind, ...(scheme.hash ? [scheme.hash] : [])] : []),
    ...(type ? [`${type}:${keyBitsOf(certificate.publicKey)}`] : []),
  ]
}

/**
 * Gives until when a policy relies on an algorithm that algorithmsOf named, or on a digest or scheme by its name; null: no end is
 * known. What the policy does not name was never relied on: its end is the beginning of time.
 */
export function endOfAlgorithm(name: string, policy: AlgorithmPolicy): Until {
  const [kind = '', bits] = name.split(':')
  const until =
    bits === undefined
      ? (policy.digests[kind] === undefined ? policy.schemes : policy.digests)[kind]
      : policy.keys[kind]?.findLast((one) => Number(bits) >= one.fromBits)?.until
  return until === undefined ? new Date(0).toISOString() : until
}

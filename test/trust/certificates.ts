import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import forge from 'node-forge'

export interface MadeCertificate {
  readonly pem: string
  readonly der: Uint8Array
  readonly sha256: string
  readonly privateKeyPem: string
}

/** Makes a self-signed CA certificate with a fresh key. */
export function makeCa(commonName: string): MadeCertificate {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const key = forge.pki.privateKeyFromPem(privateKeyPem)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e)
  certificate.serialNumber = '01'
  certificate.validity.notBefore = new Date('2026-01-01T00:00:00Z')
  certificate.validity.notAfter = new Date('2036-01-01T00:00:00Z')
  const name = [
    { name: 'countryName', value: 'DK' },
    { name: 'commonName', value: commonName },
  ]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([{ name: 'basicConstraints', cA: true, critical: true }])
  certificate.sign(key, forge.md.sha256.create())
  const pem = forge.pki.certificateToPem(certificate)
  const { raw, fingerprint256 } = new X509Certificate(pem)
  return {
    pem,
    der: Uint8Array.from(raw),
    sha256: fingerprint256.replaceAll(':', '').toLowerCase(),
    privateKeyPem,
  }
}

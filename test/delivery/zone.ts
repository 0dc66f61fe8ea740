import { generateKeyPairSync } from 'node:crypto'
import { dkimSign } from 'mailauth'
import type { DnsResolver } from '../../src/delivery/index.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PRIVATE_PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const PUBLIC_BASE64 = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')

/** All domains here sign with it. */
export const arcKey = PRIVATE_PEM

/** A mail of the domain borger.example. */
export const MAIL = [
  'From: Kai <kai@borger.example>',
  'To: post@demokobing.example',
  'Subject: Olietank',
  'Date: Tue, 24 Nov 2026 09:00:00 +0000',
  'Message-ID: <1@borger.example>',
  '',
  'Hej',
  '',
].join('\r\n')

export type Zone = Readonly<Record<string, string[] | string[][]>>

/** Names and records of a sender with DKIM, SPF for one address, and DMARC. */
export function zoneOf(domain: string, policy = 'v=DMARC1; p=reject'): Zone {
  return {
    [`sel._domainkey.${domain}/TXT`]: [[`v=DKIM1; k=rsa; p=${PUBLIC_BASE64}`]],
    [`_dmarc.${domain}/TXT`]: [[policy]],
    [`${domain}/TXT`]: [['v=spf1 ip4:192.0.2.25 -all']],
  }
}

/** A resolver that knows these names and no others. */
export function zoneResolver(zone: Zone): DnsResolver {
  return (name, type) => {
    const records = zone[`${name.replace(/\.$/, '')}/${type}`]
    return records ? Promise.resolve(records) : Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }))
  }
}

/** Signs a mail as a domain's server does. */
export async function signDkim(raw: string, signingDomain: string, maxBodyLength?: number): Promise<Buffer> {
  const { signatures, errors } = await dkimSign(raw, {
    signingDomain,
    selector: 'sel',
    privateKey: PRIVATE_PEM,
    signatureData: [
      {
        signingDomain,
        selector: 'sel',
        privateKey: PRIVATE_PEM,
        ...(maxBodyLength === undefined ? {} : { maxBodyLength }),
      },
    ],
  })
  if (errors.length > 0) throw new Error(`not signed: ${JSON.stringify(errors)}`)
  return Buffer.from(signatures + raw, 'latin1')
}

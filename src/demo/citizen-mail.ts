import { createMessage, readKey, readPrivateKey, sign } from 'openpgp'
import type { Citizen } from './people.ts'

/** What a citizen writes. */
export interface CitizenMail {
  readonly messageId: string
  readonly date: Date
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly attachments: readonly { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }[]
}

const CRLF = '\r\n'

/**
 * Composes a mail as a citizen's own program would: a signed OpenPGP/MIME mail (RFC 3156 §5) with the key attached and
 * in the Autocrypt header, where the citizen has a key; else a plain one. Gives the raw bytes.
 */
export async function composeCitizenMail(citizen: Citizen, mail: CitizenMail): Promise<Buffer> {
  const key = citizen.openpgp
  const attachments = key
    ? [
        ...mail.attachments,
        { name: 'kai.asc', mediaType: 'application/pgp-keys', bytes: Buffer.from(key.publicKeyArmored) },
      ]
    : mail.attachments
  const content = mixedEntity(mail.text, attachments)
  const head = [
    `From: =?utf-8?B?${Buffer.from(citizen.name).toString('base64')}?= <${citizen.address}>`,
    `To: <${mail.to}>`,
    `Subject: =?utf-8?B?${Buffer.from(mail.subject).toString('base64')}?=`,
    `Date: ${mail.date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${mail.messageId}`,
    'MIME-Version: 1.0',
  ]
  if (!key) return Buffer.from([...head, content].join(CRLF))
  const autocrypt = await autocryptField(citizen.address, key.publicKeyArmored)
  return Buffer.from([...head, autocrypt, await signedEntity(content, key.privateKeyArmored)].join(CRLF))
}

function mixedEntity(text: string, attachments: CitizenMail['attachments']): string {
  const parts = [
    ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64', '', wrap(Buffer.from(text))],
    ...attachments.map(({ name, mediaType, bytes }) => [
      `Content-Type: ${mediaType}; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      wrap(Buffer.from(bytes)),
    ]),
  ]
  const body = parts.flatMap((part) => ['--inside', ...part])
  return ['Content-Type: multipart/mixed; boundary=inside', '', ...body, '--inside--', ''].join(CRLF)
}

async function signedEntity(content: string, privateKeyArmored: string): Promise<string> {
  const signature = await sign({
    message: await createMessage({ binary: Buffer.from(content) }),
    signingKeys: await readPrivateKey({ armoredKey: privateKeyArmored }),
    detached: true,
    config: { preferredHashAlgorithm: 10 },
  })
  return [
    'Content-Type: multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary=outside',
    '',
    '--outside',
    content,
    '--outside',
    'Content-Type: application/pgp-signature; name=signature.asc',
    '',
    String(signature).trimEnd().replace(/\r?\n/g, CRLF),
    '--outside--',
    '',
  ].join(CRLF)
}

async function autocryptField(address: string, publicKeyArmored: string): Promise<string> {
  const key = await readKey({ armoredKey: publicKeyArmored })
  const keydata = wrap(Buffer.from(key.write())).split(CRLF).join(`${CRLF} `)
  return `Autocrypt: addr=${address}; prefer-encrypt=mutual; keydata=${CRLF} ${keydata}`
}

const wrap = (bytes: Buffer): string => bytes.toString('base64').replace(/(.{76})(?=.)/g, `$1${CRLF}`)

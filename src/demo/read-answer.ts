import { decrypt, readKey, readMessage, readPrivateKey } from 'openpgp'
import type { OpenPgpKeyPair } from '../seal/index.ts'
import { allEntities, decodeBody, type Entity, parseMime } from '../verify/mime/index.ts'

/** An answer as its reader sees it after opening it. */
export interface OpenedAnswer {
  readonly text: string
  readonly attachments: readonly { readonly mediaType: string; readonly bytes: Uint8Array }[]
}

/**
 * Opens an OpenPGP/MIME mail (RFC 3156 §4) as Kai would; proves that it is encrypted to him and signed by the
 * municipality. @throws Error where either does not hold
 */
export async function openAnswer(
  raw: Uint8Array,
  reader: OpenPgpKeyPair,
  senderKeyArmored: string,
): Promise<OpenedAnswer> {
  const outside = parseMime(raw)
  const payload = allEntities(outside.root).find((entity) => entity.contentType.value === 'application/octet-stream')
  if (!payload) throw new Error('the answer is not encrypted')
  const { data, signatures } = await decrypt({
    message: await readMessage({ armoredMessage: Buffer.from(decodeBody(payload).bytes).toString('latin1') }),
    decryptionKeys: await readPrivateKey({ armoredKey: reader.privateKeyArmored }),
    verificationKeys: await readKey({ armoredKey: senderKeyArmored }),
    expectSigned: true,
    format: 'binary',
    config: { maxDecompressedMessageSize: 64 * 1024 * 1024 },
  })
  await Promise.all(signatures.map((signature) => signature.verified))
  const inside = allEntities(parseMime(data).root)
  const body = (entity: Entity): Uint8Array => decodeBody(entity).bytes
  const text = inside.find((entity) => entity.contentType.value === 'text/plain')
  return {
    text: text ? Buffer.from(body(text)).toString('utf8') : '',
    attachments: inside
      .filter((entity) => !/^(multipart|text)\//.test(entity.contentType.value))
      .map((entity) => ({ mediaType: entity.contentType.value, bytes: body(entity) })),
  }
}

import { generateKey } from 'openpgp'
import { GatewayError } from '../model/errors.ts'

/** An OpenPGP key pair, armoured (RFC 9580 §6.2). */
export interface OpenPgpKeyPair {
  readonly publicKeyArmored: string
  /** Not locked with a passphrase: the file's mode is what guards it. */
  readonly privateKeyArmored: string
  /** Lower-case hex, 40 characters. */
  readonly fingerprint: string
}

/**
 * Makes a version 4 key (Ed25519 signs, Curve25519 encrypts, in the encoding that GnuPG since 2.1 reads).
 * @param since the key's time of making, in whole seconds
 * @throws GatewayError malformed-key where name or address cannot be a user id
 */
export async function makeOpenPgpKey(user: {
  readonly name: string
  readonly address: string
  readonly since: Date
}): Promise<OpenPgpKeyPair> {
  try {
    const { publicKey, privateKey } = await generateKey({
      type: 'ecc',
      curve: 'curve25519Legacy',
      userIDs: [{ name: user.name, email: user.address }],
      date: user.since,
      format: 'object',
      // GnuPG 2.2 knows neither version 6 keys nor AEAD packets.
      config: { v6Keys: false, aeadProtect: false },
    })
    return {
      publicKeyArmored: publicKey.armor(),
      privateKeyArmored: privateKey.armor(),
      fingerprint: publicKey.getFingerprint(),
    }
  } catch (cause) {
    throw new GatewayError('malformed-key', `No OpenPGP key can be made for ${user.address}.`, { cause })
  }
}

import { GatewayError } from '../../model/errors.ts'

/** Why a key is not taken in; pages and the command line put it in words. */
export type KeyRefusal =
  | 'unreadable'
  | 'no-private-key'
  | 'several-keys'
  | 'passphrase-needed'
  | 'wrong-passphrase'
  | 'revoked'
  | 'expired'
  | 'not-yet-valid'
  | 'weak'
  | 'cannot-sign'
  | 'cannot-decrypt'
  | 'other-address'
  | 'not-this-key'
  | 'is-a-ca'
  | 'present'

const MESSAGES: Readonly<Record<KeyRefusal, string>> = {
  unreadable: 'The file holds no key that can be read, or the passphrase is wrong.',
  'no-private-key': 'The file holds no private key.',
  'several-keys': 'The file holds several keys: give one at a time.',
  'passphrase-needed': 'The private key is locked: its passphrase is needed.',
  'wrong-passphrase': 'The passphrase does not open the private key.',
  revoked: 'The key is revoked.',
  expired: 'The key or its certificate has expired.',
  'not-yet-valid': 'The key or its certificate is not valid yet.',
  weak: 'The key, or the algorithm that its certificate was signed by, is too weak.',
  'cannot-sign': 'The key may not be used to sign mail.',
  'cannot-decrypt': 'The key may not be used to encrypt mail to.',
  'other-address': 'The key does not carry the municipality’s mail address.',
  'not-this-key': 'The certificate is not one of this private key.',
  'is-a-ca': 'The certificate is a CA’s, and no mail may be signed with it.',
  present: 'The key is here already.',
}

/** Takes why; gives the fault with its fact "reason". */
export function refused(reason: KeyRefusal, cause?: unknown): GatewayError {
  return new GatewayError('key-unusable', MESSAGES[reason], { cause, facts: { reason } })
}

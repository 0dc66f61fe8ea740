import { readFile } from 'node:fs/promises'
import { GatewayError } from '../../model/errors.ts'
import type { SealSettings } from '../../model/seal.ts'
import type { MunicipalityKeys } from '../municipality-keys.ts'
import { readPkcs12 } from '../pkcs12.ts'
import { createLocalKey, type SigningKey } from '../signing-key.ts'
import { type CscParts, openCscKey } from './csc-key.ts'
import { openPkcs11Key } from './pkcs11-key.ts'

/**
 * Opens the key that the settings name. For `own`, KEYS holds it.
 * @throws GatewayError key-unusable (wrong secret, no such key, no certificate), seal-unavailable, missing-package
 */
export async function openSealKey(
  settings: SealSettings,
  parts: CscParts & { readonly keys: Pick<MunicipalityKeys, 'sealPkcs12' | 'sealPassphrase'> },
): Promise<SigningKey> {
  switch (settings.kind) {
    case 'own':
      return createLocalKey(readPkcs12(parts.keys.sealPkcs12, parts.keys.sealPassphrase))
    case 'pkcs12':
      return createLocalKey(readPkcs12(await readSealFile(settings.file), settings.passphrase))
    case 'pkcs11':
      return openPkcs11Key(settings)
    case 'csc':
      return openCscKey(settings, parts)
  }
}

async function readSealFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new GatewayError('key-unusable', `The seal's file ${file} cannot be read.`, { cause })
  }
}

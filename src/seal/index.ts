export type { HashName, SignatureScheme } from './algorithms.ts'
export { type DistinguishedName, issueCertificate, toPem } from './certificate.ts'
export { type CmsOptions, type SigningIdentity, signDetached } from './cms.ts'
export {
  type KeyKind,
  type MadeIdentity,
  makeCa,
  makeEndEntity,
  makeKeyPair,
  type Validity,
  validYears,
} from './key-maker.ts'
export { ensureMunicipalityKeys, type MunicipalityIdentity, type MunicipalityKeys } from './municipality-keys.ts'
export { makeOpenPgpKey, type OpenPgpKeyPair } from './openpgp-keys.ts'
export {
  createKeyring,
  extendKey,
  importKey,
  type KeyFolder,
  type KeyParts,
  type KeyRefusal,
  type Keyring,
  type KeyWarning,
  keyFolder,
  MIN_PASSPHRASE,
  makeBackup,
  makeOpenPgp,
  markBackedUp,
  type Reconciled,
  reconcileKeys,
  requestSmime,
  restoreBackup,
  revokeKey,
  WARN_DAYS,
  warningsOf,
} from './own-keys/index.ts'
export { type PdfSignatureOptions, signPdf } from './pades.ts'
export { readPkcs12, writePkcs12 } from './pkcs12.ts'
export { createSealer } from './sealer.ts'

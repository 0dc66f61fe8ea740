export type { HashName, SignatureScheme } from './algorithms.ts'
export { type DistinguishedName, issueCertificate, toPem } from './certificate.ts'
export {
  type CmsOptions,
  type PreparedSignedData,
  prepareSignedData,
  type SignerFacts,
  type SigningIdentity,
  signatureTimeStamp,
  signDetached,
} from './cms.ts'
export { extendSeal } from './extend-seal.ts'
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
export {
  chainOf,
  createOwnSeal,
  isSignature,
  type OwnSeal,
  openSealKey,
  publicKeyOf,
  sealAnchors,
  sealFacts,
  sealWarnings,
  warnOfKeyEnds,
  warnOfSealEnd,
} from './own-seal/index.ts'
export { type PdfSignatureOptions, prepareSignature, signPdf } from './pades.ts'
export { readPkcs12, writePkcs12 } from './pkcs12.ts'
export { createSealer } from './sealer.ts'
export { addValidationData, type SealEvidence } from './security-store.ts'
export { signPdfWithKey, type TimestampSignature } from './sign-pdf-with-key.ts'
export type { PreparedPdf } from './signature-room.ts'
export { createLocalKey, type SigningKey } from './signing-key.ts'
export { createTimeStampAuthority, type JudgeTimeStamp } from './time-stamp-authority.ts'

/** OpenPGP signatures (RFC 9580): octets in, facts out. */
export { type ArmorBlock, readArmor } from './armor.ts'
export { type OpenpgpCertificate, parseOpenpgpCertificates } from './certificate.ts'
export { type SigningKeyState, stateOfKey } from './certificate-state.ts'
export { checkSignature, type SignatureCheck, schemeOf } from './check-signature.ts'
export { readSignedText, type SignedText, textAsSigned } from './cleartext.ts'
export { createKeyring, type Keyring, type TrustedCertificate } from './keyring.ts'
export { type ReadSignature, readDetachedSignatures, readSignedMessage, type SignedMessage } from './message.ts'
export { SIGNATURE_TYPE, type SignaturePacket } from './signature-packet.ts'

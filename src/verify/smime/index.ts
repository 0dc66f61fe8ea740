/** S/MIME encryption (RFC 8551): a CMS and keys in, its content out. Its signatures are CMS, and judged as those. */
export { type DecryptedContent, decryptSmime, type SmimeKey } from './decrypt.ts'

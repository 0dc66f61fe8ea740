/** Time-stamp tokens (RFC 3161): what they say; whether they hold is judged by process/. */
export { parseTstInfo, stampsDigest, type TstInfo } from './tst-info.ts'

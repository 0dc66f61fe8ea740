import { X509Certificate } from 'node:crypto'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { sha256Hex } from '../model/ids.ts'
import { readPemOrDer, VerifyError } from '../verify/index.ts'
import { parseCertificateList } from '../verify/x509/index.ts'
import { refusePrivateKeys, refusePrivateKeysInPem } from './private-key.ts'
import { faultOfVerify } from './task-fault.ts'
import { inEntry, isZip, unpackZip, type ZipEntry } from './zip-entries.ts'

/** A certificate as an admin handed it in, before anybody trusts it. */
export interface AnchorCandidate {
  /** SHA-256 of the DER, lower-case hex. */
  readonly sha256: string
  readonly der: Uint8Array
  /** The subject on one line, most specific attribute first: "CN=…, O=…, C=DK". */
  readonly subject: string
  readonly issuer: string
  readonly validFrom: string
  readonly validTo: string
  /** basicConstraints says CA. */
  readonly isCa: boolean
}

/** A file, and all that a ZIP inflates to. */
export const MAX_ANCHOR_FILE_BYTES = 10 * 1024 * 1024
const MAX_ZIP_ENTRIES = 200
const MAX_CERTIFICATES = 1000
const PEM_BEGIN = '-----BEGIN '
/** What file managers add to a ZIP unasked: searched for keys like the rest, and no certificate. */
const UNASKED = /(?:^|\/)(?:__MACOSX\/|\.[^/]*$)/

/**
 * Reads one DER certificate as a candidate for an anchor.
 * @throws GatewayError malformed-der: no certificate, or bytes behind it; private-key-refused
 */
export function readCertificate(der: Uint8Array): AnchorCandidate {
  refusePrivateKeys(der)
  const candidate = parse(der)
  // The fingerprint is the anchor's name: a certificate with bytes behind it would get a second one.
  if (!Buffer.from(der).equals(candidate.der)) {
    throw new GatewayError('malformed-der', 'There are bytes behind the certificate')
  }
  return candidate
}

function parse(der: Uint8Array): AnchorCandidate {
  try {
    const certificate = new X509Certificate(der)
    return {
      sha256: sha256Hex(certificate.raw),
      der: Uint8Array.from(certificate.raw),
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      // What stands there may be no date at all: then this throws too.
      validFrom: new Date(certificate.validFrom).toISOString(),
      validTo: new Date(certificate.validTo).toISOString(),
      isCa: certificate.ca,
    }
  } catch (cause) {
    throw new GatewayError('malformed-der', 'These bytes are no X.509 certificate', { cause })
  }
}

/**
 * Reads a file with certificates: PEM with one or several, DER, a PKCS #7 bag of them, or a ZIP of such files. Each
 * certificate comes once; revocation lists are passed over. One part that cannot be read, or that is a private key,
 * refuses all of it.
 * @throws GatewayError too-large, too-many-parts, private-key-refused, malformed-der, unreadable-input (also where there
 * is no certificate in it), with the fact "entry" where it is about one file of a ZIP
 */
export async function readAnchorFile(bytes: Uint8Array): Promise<readonly AnchorCandidate[]> {
  mustBeSmall(bytes.length)
  const candidates = isZip(bytes) ? await readZip(bytes) : readOne(bytes)
  const found = new Map(candidates.map((candidate) => [candidate.sha256, candidate]))
  if (found.size === 0) throw new GatewayError('unreadable-input', 'The file holds no certificate')
  if (found.size > MAX_CERTIFICATES) throw tooMany()
  return [...found.values()]
}

/** Asked before a file is read at all, where its size is known. @throws GatewayError too-large */
export function mustBeSmall(bytes: number): void {
  if (bytes <= MAX_ANCHOR_FILE_BYTES) return
  throw new GatewayError('too-large', `A file with certificates has at most ${MAX_ANCHOR_FILE_BYTES >> 20} MiB`)
}

async function readZip(bytes: Uint8Array): Promise<readonly AnchorCandidate[]> {
  const entries = await unpackZip(bytes, { maxEntries: MAX_ZIP_ENTRIES, maxBytes: MAX_ANCHOR_FILE_BYTES })
  // All are searched for keys before any is read: a key is the graver fault, and is what must be said.
  for (const entry of entries) within(entry, refusePrivateKeys)
  // What lies beside the files, in no directory.
  refusePrivateKeys(bytes)
  return entries.filter(({ name }) => !UNASKED.test(name)).flatMap((entry) => within(entry, readOne))
}

function within<T>({ name, bytes }: ZipEntry, read: (bytes: Uint8Array) => T): T {
  try {
    return read(bytes)
  } catch (thrown) {
    throw inEntry(name, asGatewayError(thrown))
  }
}

/** Reads what is no ZIP. Nothing but revocation lists gives nothing. */
function readOne(bytes: Uint8Array): readonly AnchorCandidate[] {
  refusePrivateKeys(bytes)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes[0] !== 0x30) {
    if (!text.includes(PEM_BEGIN)) throw new GatewayError('unreadable-input', 'The file is neither PEM nor DER')
    if (countBlocks(text) > MAX_CERTIFICATES) throw tooMany()
    refusePrivateKeysInPem(text.toString('latin1'))
  }
  const pieces = piecesOf(bytes).filter((der) => !isCrl(der))
  if (pieces.length > MAX_CERTIFICATES) throw tooMany()
  return pieces.map(readCertificate)
}

function countBlocks(text: Buffer): number {
  let blocks = 0
  for (let at = text.indexOf(PEM_BEGIN); at >= 0 && blocks <= MAX_CERTIFICATES; at = text.indexOf(PEM_BEGIN, at + 1)) {
    blocks += 1
  }
  return blocks
}

const tooMany = (): GatewayError =>
  new GatewayError('too-many-parts', `A file holds at most ${MAX_CERTIFICATES} certificates`)

function piecesOf(bytes: Uint8Array): readonly Uint8Array[] {
  try {
    return readPemOrDer(bytes)
  } catch (thrown) {
    throw thrown instanceof VerifyError ? faultOfVerify(thrown) : thrown
  }
}

/** A CA's bag often holds its revocation lists too: they are no anchors, and none that is missing. */
function isCrl(der: Uint8Array): boolean {
  try {
    parseCertificateList(der)
    return true
  } catch (fault) {
    if (!(fault instanceof VerifyError)) throw fault
    return false
  }
}

/** Node writes one attribute a line, most general first. What is not seen (U+202E turns what follows) is written out. */
const oneLine = (name: string | undefined): string =>
  (name ?? '')
    .split('\n')
    .filter(Boolean)
    .reverse()
    .join(', ')
    .replace(
      /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
      (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`,
    )

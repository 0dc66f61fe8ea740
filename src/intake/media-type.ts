import { Buffer, isUtf8 } from 'node:buffer'
import { zipMimetype, zipNames } from './zip-names.ts'

const HEAD_BYTES = 4096
const PDF_HEADER_WITHIN = 1024

/** First bytes, as latin1 text, and what they mean. The first that fits counts. */
const MAGIC: readonly (readonly [number, string, string])[] = [
  [0, '\x89PNG\r\n\x1a\n', 'image/png'],
  [0, '\xff\xd8\xff', 'image/jpeg'],
  [0, 'II*\0', 'image/tiff'],
  [0, 'MM\0*', 'image/tiff'],
  [0, 'GIF87a', 'image/gif'],
  [0, 'GIF89a', 'image/gif'],
  [4, 'ftypheic', 'image/heic'],
  [4, 'ftypheix', 'image/heic'],
  [4, 'ftyphevc', 'image/heic'],
  [4, 'ftypmif1', 'image/heif'],
  [4, 'ftypmsf1', 'image/heif'],
  [4, 'ftypavif', 'image/avif'],
  [4, 'ftyp', 'video/mp4'],
  [8, 'WEBP', 'image/webp'],
  [0, '{\\rtf', 'application/rtf'],
  [0, '\x1f\x8b', 'application/gzip'],
  [0, '7z\xbc\xaf\x27\x1c', 'application/x-7z-compressed'],
  [0, 'Rar!\x1a\x07', 'application/vnd.rar'],
  [0, '\x78\x9f\x3e\x22', 'application/ms-tnef'],
  [0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/x-ole-storage'],
]

const ARMOUR: readonly (readonly [string, string])[] = [
  ['-----BEGIN PGP PUBLIC KEY BLOCK-----', 'application/pgp-keys'],
  ['-----BEGIN PGP PRIVATE KEY BLOCK-----', 'application/pgp-keys'],
  ['-----BEGIN PGP MESSAGE-----', 'application/pgp-encrypted'],
  ['-----BEGIN PGP SIGNATURE-----', 'application/pgp-signature'],
  ['-----BEGIN CERTIFICATE-----', 'application/pem-certificate-chain'],
  ['-----BEGIN PKCS7-----', 'application/pkcs7-mime'],
  ['-----BEGIN CMS-----', 'application/pkcs7-mime'],
]

const OUTLOOK_PROPERTIES = Buffer.from('__properties_version1.0', 'utf16le')
const OUTLOOK_NAMES = Buffer.from('__nameid_version1.0', 'utf16le')

// 06 09 2A 86 48 86 F7 0D 01 07: the arc of RFC 5652's content types.
const CMS_ARC = '\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07'

/** Declared types that the content alone cannot tell from their neighbours; believed where the content agrees. */
const FINER_THAN_CONTENT: Readonly<Record<string, readonly string[]>> = {
  'text/plain': ['text/csv', 'text/calendar', 'text/vcard', 'text/markdown', 'application/json'],
  'application/pkcs7-mime': [
    'application/pkcs7-signature',
    'application/x-pkcs7-signature',
    'application/timestamp-token',
  ],
  'application/octet-stream': ['application/pgp-keys', 'application/pgp-signature', 'application/pgp-encrypted'],
  'application/xml': ['application/xhtml+xml'],
}

/**
 * Takes bytes and what the sender called them; gives their media type by content. What is no known format is
 * text/plain, application/octet-stream, or application/x-empty. The declared type only ever narrows a content type
 * that agrees with it. What is a container and shows a PDF's header further on is a PDF where its sender calls it one, by type or name: a
 * reader would open it as one. Else it is the container, with a PDF in it.
 */
export function mediaTypeOf(bytes: Uint8Array, declared: string | null, name: string | null = null): string {
  const byContent = sniff(bytes, isPdfType(declared) || /\.pdf[\s.\u200b-\u200f]*$/iu.test(name ?? ''))
  const finer = FINER_THAN_CONTENT[byContent] ?? []
  return declared !== null && finer.includes(declared) ? declared : byContent
}

const isPdfType = (declared: string | null): boolean => /^application\/(?:x-)?pdf$/i.test(declared ?? '')

function sniff(bytes: Uint8Array, isCalledPdf: boolean): string {
  if (bytes.length === 0) return 'application/x-empty'
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1')
  // ISO 32000-1 implementation note 13: readers accept the header anywhere in the first 1024 bytes.
  const hasPdfHeader = head.slice(0, PDF_HEADER_WITHIN).includes('%PDF-')
  if (hasPdfHeader && (isCalledPdf || !isContainer(head))) return 'application/pdf'
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return zipKind(bytes)
  const magic = MAGIC.find(([at, text]) => head.startsWith(text, at))
  if (magic?.[2] === 'application/x-ole-storage' && isOutlookMessage(bytes)) return 'application/vnd.ms-outlook'
  if (magic) return magic[2]
  if (head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0') return 'image/bmp'
  return derKind(head) ?? textKind(bytes, head) ?? 'application/octet-stream'
}

const CONTAINERS = ['PK\x03\x04', '\x78\x9f\x3e\x22', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1']
const isContainer = (head: string): boolean => CONTAINERS.some((magic) => head.startsWith(magic))

function zipKind(bytes: Uint8Array): string {
  const stored = zipMimetype(bytes)
  if (stored) return stored
  const names = zipNames(bytes, 40)
  const has = (prefix: string) => names.some((name) => name.startsWith(prefix))
  if (!has('[Content_Types].xml')) return 'application/zip'
  if (has('word/')) return 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  if (has('xl/')) return 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  if (has('ppt/')) return 'application/vnd.openxmlformats-officedocument.presentationml.presentation'
  return 'application/zip'
}

/** MS-OXMSG §2.4: its root holds a stream of that name, and no other compound file does. */
function isOutlookMessage(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return view.includes(OUTLOOK_PROPERTIES) && view.includes(OUTLOOK_NAMES)
}

function derKind(head: string): string | null {
  if (!head.startsWith('\x30')) return null
  if (head.slice(0, 20).includes(CMS_ARC)) return 'application/pkcs7-mime'
  // A SEQUENCE in a SEQUENCE that begins with [0] INTEGER 2: an X.509 v3 certificate.
  const version = head.startsWith('\x30\x82', 4) && head.startsWith('\xa0\x03\x02\x01\x02', 8)
  return version ? 'application/pkix-cert' : null
}

function textKind(bytes: Uint8Array, head: string): string | null {
  if (head.startsWith('\xff\xfe') || head.startsWith('\xfe\xff')) return 'text/plain'
  if (!looksLikeText(bytes, head)) return null
  const text = head.replace(/^\xef\xbb\xbf/, '').trimStart()
  const armour = ARMOUR.find(([begin]) => text.startsWith(begin))
  if (armour) return armour[1]
  if (/^<(!doctype html|html|head|body)[\s>]/i.test(text)) return 'text/html'
  if (text.startsWith('<?xml') || /^<svg[\s>]/.test(text)) return xmlKind(text)
  return isMail(text) ? 'message/rfc822' : 'text/plain'
}

function xmlKind(text: string): string {
  if (/<svg[\s>]/.test(text)) return 'image/svg+xml'
  return /<html[\s>]/i.test(text) ? 'application/xhtml+xml' : 'application/xml'
}

/** Text in UTF-8, or in a single-byte charset: no NUL and hardly any control characters at the beginning. */
function looksLikeText(bytes: Uint8Array, head: string): boolean {
  if (head.includes('\0')) return false
  let controls = 0
  let high = 0
  for (const byte of bytes.subarray(0, HEAD_BYTES)) {
    if (byte > 0x7e) high++
    // Tab, line ends, form feed and escape occur in texts.
    else if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b) controls++
  }
  return controls <= head.length / 50 && (isUtf8(bytes) || high < head.length / 3)
}

/** At least two fields that only a mail's header has, before the first blank line. */
function isMail(text: string): boolean {
  const header = text.split(/\r?\n\r?\n/, 1)[0] ?? ''
  const fields = header.match(/^(received|return-path|message-id|date|from|to|subject|mime-version):/gim) ?? []
  return /^[!-9;-~]+:/.test(header) && new Set(fields.map((field) => field.toLowerCase())).size >= 3
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/pdf': '.pdf',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/tiff': '.tif',
  'image/gif': '.gif',
  'image/heic': '.heic',
  'text/plain': '.txt',
  'text/html': '.html',
  'application/xml': '.xml',
  'message/rfc822': '.eml',
  'application/zip': '.zip',
  'application/rtf': '.rtf',
  'application/vnd.ms-outlook': '.msg',
  'application/pgp-keys': '.asc',
  'application/pgp-signature': '.asc',
  'application/pgp-encrypted': '.asc',
  'application/pkcs7-mime': '.p7m',
  'application/pkcs7-signature': '.p7s',
}

/** Takes a media type; gives the extension that a nameless part gets, ".bin" where it is unknown. */
export function extensionFor(mediaType: string): string {
  return EXTENSIONS[mediaType] ?? '.bin'
}

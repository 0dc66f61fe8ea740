import { createDecipheriv, createHash } from 'node:crypto'
import { VerifyError } from '../errors.ts'
import { findFileKey, type SecurityParameters } from './file-key.ts'
import { rc4 } from './rc4.ts'
import type { Resolve } from './stream-filters.ts'
import { dictOf, integerOf, isKind, nameOf, type PdfDict, type PdfStream, type PdfValue } from './values.ts'

/** Undoes the encryption of a document, object by object. */
export interface Decryption {
  /** Gives the object with its strings decrypted and its stream ready to be. */
  decryptObject(value: PdfValue, number: number, generation: number): PdfValue
}

type Method = 'none' | 'rc4' | 'aes-128' | 'aes-256'
type Decipher = (bytes: Uint8Array) => Uint8Array

/**
 * Opens the standard security handler with the empty or the given password.
 * @throws VerifyError encrypted where neither opens it; wrong-password where one was given; unsupported
 * @see ISO 32000-2 clause 7.6
 */
export function openEncryption(
  dict: PdfDict | null,
  trailer: PdfDict,
  resolve: Resolve,
  password: string | null,
): Decryption {
  if (!dict || nameOf(resolve(dict.entries.get('Filter'))) !== 'Standard') {
    throw new VerifyError('encrypted', 'the PDF is encrypted for certain recipients or by an unknown handler')
  }
  const parameters = readParameters(dict, trailer, resolve)
  const methods = readMethods(dict, parameters.version, resolve)
  const passwords = password === null ? [''] : [password, '']
  for (const candidate of passwords) {
    const fileKey = findFileKey(parameters, candidate)
    if (fileKey) return decryptionBy(fileKey, methods)
  }
  if (password === null) throw new VerifyError('encrypted', 'the PDF is encrypted and no password was given')
  throw new VerifyError('wrong-password', 'the password does not open the PDF')
}

function readParameters(dict: PdfDict, trailer: PdfDict, resolve: Resolve): SecurityParameters {
  const bytesOf = (key: string): Uint8Array => {
    const value = resolve(dict.entries.get(key))
    return isKind(value, 'string') ? value.bytes : new Uint8Array()
  }
  const ids = resolve(trailer.entries.get('ID'))
  const firstId = isKind(ids, 'array') ? resolve(ids.items[0]) : null
  const version = integerOf(resolve(dict.entries.get('V'))) ?? 0
  const lengthBits = integerOf(resolve(dict.entries.get('Length'))) ?? 40
  return {
    version,
    revision: integerOf(resolve(dict.entries.get('R'))) ?? 0,
    keyBytes: version === 4 ? 16 : version === 1 ? 5 : Math.min(32, Math.max(5, lengthBits >> 3)),
    owner: bytesOf('O'),
    user: bytesOf('U'),
    ownerKey: bytesOf('OE'),
    userKey: bytesOf('UE'),
    permissions: integerOf(resolve(dict.entries.get('P'))) ?? 0,
    firstId: isKind(firstId, 'string') ? firstId.bytes : new Uint8Array(),
    encryptMetadata: resolve(dict.entries.get('EncryptMetadata')) !== false,
  }
}

interface Methods {
  readonly strings: Method
  readonly streams: Method
  readonly encryptMetadata: boolean
}

const CRYPT_FILTERS: Readonly<Record<string, Method>> = { None: 'none', V2: 'rc4', AESV2: 'aes-128', AESV3: 'aes-256' }

function readMethods(dict: PdfDict, version: number, resolve: Resolve): Methods {
  const encryptMetadata = resolve(dict.entries.get('EncryptMetadata')) !== false
  if (version === 1 || version === 2) return { strings: 'rc4', streams: 'rc4', encryptMetadata }
  if (version !== 4 && version !== 5) throw new VerifyError('unsupported', 'the PDF is encrypted in an unknown way')
  const filters = dictOf(resolve(dict.entries.get('CF')))
  const methodOf = (key: string): Method => {
    const name = nameOf(resolve(dict.entries.get(key))) ?? 'Identity'
    if (name === 'Identity') return 'none'
    const filter = dictOf(resolve(filters?.entries.get(name)))
    const method = CRYPT_FILTERS[nameOf(resolve(filter?.entries.get('CFM'))) ?? '']
    if (!method) throw new VerifyError('unsupported', 'the PDF is encrypted in an unknown way')
    return method
  }
  return { strings: methodOf('StrF'), streams: methodOf('StmF'), encryptMetadata }
}

function decryptionBy(fileKey: Uint8Array, methods: Methods): Decryption {
  return {
    decryptObject: (value, number, generation) => {
      const decipherOf = (method: Method): Decipher => decipherFor(method, fileKey, number, generation)
      return decryptValue(value, decipherOf(methods.strings), decipherOf(methods.streams), methods.encryptMetadata)
    },
  }
}

/** Clause 7.6.3.1 algorithm 1: each object has a key of its own, but for AES-256, where the file's key is used. */
function decipherFor(method: Method, fileKey: Uint8Array, number: number, generation: number): Decipher {
  if (method === 'none') return (bytes) => bytes
  if (method === 'aes-256') return (bytes) => decryptAes('aes-256-cbc', fileKey, bytes)
  const place = [
    number & 0xff,
    (number >> 8) & 0xff,
    (number >> 16) & 0xff,
    generation & 0xff,
    (generation >> 8) & 0xff,
  ]
  const hash = createHash('md5').update(fileKey).update(Uint8Array.from(place))
  if (method === 'aes-128') hash.update('sAlT')
  const key = hash.digest().subarray(0, Math.min(16, fileKey.length + 5))
  return method === 'rc4' ? (bytes) => rc4(key, bytes) : (bytes) => decryptAes('aes-128-cbc', key, bytes)
}

function decryptAes(algorithm: string, key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const whole = bytes.length - (bytes.length % 16)
  if (whole < 32) return new Uint8Array()
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, 16)).setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(bytes.subarray(16, whole)), decipher.final()])
  const padding = plain.at(-1) ?? 0
  return padding >= 1 && padding <= 16 ? plain.subarray(0, plain.length - padding) : plain
}

function decryptValue(value: PdfValue, strings: Decipher, streams: Decipher, encryptMetadata: boolean): PdfValue {
  if (!isKind(value, 'stream')) return decryptStrings(value, strings)
  const type = nameOf(value.dict.entries.get('Type'))
  // Clause 7.6.2: cross-reference streams are never encrypted; metadata only where the dictionary says so.
  if (type === 'XRef') return value
  const dict = decryptDict(value.dict, strings)
  const plain = (type === 'Metadata' && !encryptMetadata) || hasIdentityFilter(value)
  return { ...value, dict, decrypt: plain ? null : streams }
}

/** A stream with a Crypt filter of its own, which is Identity unless it is named otherwise (clause 7.4.10). */
function hasIdentityFilter(stream: PdfStream): boolean {
  const filter = stream.dict.entries.get('Filter')
  const first = isKind(filter, 'array') ? filter.items[0] : filter
  return nameOf(first) === 'Crypt'
}

function decryptStrings(value: PdfValue, decipher: Decipher): PdfValue {
  if (isKind(value, 'string')) return { ...value, bytes: decipher(value.bytes) }
  if (isKind(value, 'array')) return { ...value, items: value.items.map((item) => decryptStrings(item, decipher)) }
  return isKind(value, 'dict') ? decryptDict(value, decipher) : value
}

/** Clause 7.6.2: the Contents of a signature dictionary are not encrypted. */
function decryptDict(dict: PdfDict, decipher: Decipher): PdfDict {
  const isSignature =
    dict.entries.has('ByteRange') || ['Sig', 'DocTimeStamp'].includes(nameOf(dict.entries.get('Type')) ?? '')
  const entries = new Map<string, PdfValue>()
  for (const [key, value] of dict.entries) {
    entries.set(key, isSignature && key === 'Contents' ? value : decryptStrings(value, decipher))
  }
  return { ...dict, entries }
}

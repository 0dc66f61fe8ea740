import { createDecipheriv, createHash } from 'node:crypto'
import { asVerifyError, VerifyError } from '../errors.ts'
import { findFileKey, type SecurityParameters } from './file-key.ts'
import { rc4 } from './rc4.ts'
import type { Resolve } from './stream-filters.ts'
import { dictOf, integerOf, isKind, nameOf, type PdfDict, type PdfValue } from './values.ts'

/** Undoes the encryption of a document, object by object. */
export interface Decryption {
  /** Gives the object with its strings decrypted and its stream ready to be. */
  decryptObject(value: PdfValue, number: number, generation: number): PdfValue
}

type Method = 'none' | 'rc4' | 'aes-128' | 'aes-256'
type Decipher = (bytes: Uint8Array) => Uint8Array

/**
 * Opens the standard security handler with the empty or the given password. Where only attached files are encrypted,
 * the document opens without any, and those files stay closed.
 * @throws VerifyError encrypted where neither opens it; wrong-password where one was given; encrypted-to-recipients and
 * encryption-unknown where no password would
 * @see ISO 32000-2 clause 7.6
 */
export function openEncryption(
  dict: PdfDict | null,
  trailer: PdfDict,
  resolve: Resolve,
  password: string | null,
): Decryption {
  if (!dict) throw new VerifyError('encryption-unknown', 'what the PDF is encrypted by cannot be read')
  const methods = readMethods(dict, resolve)
  try {
    return decryptionBy(findKey(dict, trailer, resolve, password), methods)
  } catch (fault) {
    const onlyFiles = methods.strings === 'none' && methods.streams === 'none'
    if (!onlyFiles || asVerifyError(fault).code === 'internal') throw fault
    return decryptionBy(null, methods)
  }
}

function findKey(dict: PdfDict, trailer: PdfDict, resolve: Resolve, password: string | null): Uint8Array {
  const handler = nameOf(resolve(dict.entries.get('Filter')))
  if (handler === 'Adobe.PubSec' || dict.entries.has('Recipients')) {
    throw new VerifyError('encrypted-to-recipients', 'the PDF is encrypted to the keys of certain recipients')
  }
  if (handler !== 'Standard') {
    throw new VerifyError('encryption-unknown', 'the PDF is encrypted by a handler that is not known here')
  }
  const parameters = readParameters(dict, trailer, resolve)
  for (const candidate of password === null ? [''] : [password, '']) {
    const fileKey = findFileKey(parameters, candidate)
    if (fileKey) return fileKey
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
  const version = versionOf(dict, resolve)
  return {
    version,
    revision: integerOf(resolve(dict.entries.get('R'))) ?? 0,
    keyBytes: keyBytesOf(dict, version, resolve),
    owner: bytesOf('O'),
    user: bytesOf('U'),
    ownerKey: bytesOf('OE'),
    userKey: bytesOf('UE'),
    permissions: integerOf(resolve(dict.entries.get('P'))) ?? 0,
    firstId: isKind(firstId, 'string') ? firstId.bytes : new Uint8Array(),
    encryptMetadata: resolve(dict.entries.get('EncryptMetadata')) !== false,
  }
}

const versionOf = (dict: PdfDict, resolve: Resolve): number => integerOf(resolve(dict.entries.get('V'))) ?? 0

/** Table 20: Length in bits where V is 2; table 25: that of the crypt filter, which writers give in octets or in bits. */
function keyBytesOf(dict: PdfDict, version: number, resolve: Resolve): number {
  if (version === 1) return 5
  if (version !== 4) return Math.min(32, Math.max(5, (integerOf(resolve(dict.entries.get('Length'))) ?? 40) >> 3))
  const name = nameOf(resolve(dict.entries.get('StmF'))) ?? 'Identity'
  const filter = dictOf(resolve(dictOf(resolve(dict.entries.get('CF')))?.entries.get(name)))
  if (nameOf(resolve(filter?.entries.get('CFM'))) !== 'V2') return 16
  const length = integerOf(resolve(filter?.entries.get('Length'))) ?? 16
  return Math.min(16, Math.max(5, length >= 40 ? length >> 3 : length))
}

interface Methods {
  readonly strings: Method
  readonly streams: Method
  /** Of streams that are attached files. */
  readonly files: Method
  readonly encryptMetadata: boolean
  /** The method of a crypt filter that a stream names itself; null where it is not known. */
  named(filter: string): Method | null
}

const CRYPT_FILTERS: ReadonlyMap<string, Method> = new Map([
  ['None', 'none'],
  ['V2', 'rc4'],
  ['AESV2', 'aes-128'],
  ['AESV3', 'aes-256'],
])

function readMethods(dict: PdfDict, resolve: Resolve): Methods {
  const version = versionOf(dict, resolve)
  const encryptMetadata = resolve(dict.entries.get('EncryptMetadata')) !== false
  if (version === 1 || version === 2) {
    const named = (name: string): Method => (name === 'Identity' ? 'none' : 'rc4')
    return { strings: 'rc4', streams: 'rc4', files: 'rc4', encryptMetadata, named }
  }
  const unknown = (): never => {
    throw new VerifyError('encryption-unknown', 'the PDF is encrypted in a way that is not known here')
  }
  if (version !== 4 && version !== 5) return unknown()
  const filters = dictOf(resolve(dict.entries.get('CF')))
  const named = (name: string): Method | null => {
    if (name === 'Identity') return 'none'
    const filter = dictOf(resolve(filters?.entries.get(name)))
    return CRYPT_FILTERS.get(nameOf(resolve(filter?.entries.get('CFM'))) ?? 'None') ?? null
  }
  const methodOf = (key: string): Method | null => {
    const name = nameOf(resolve(dict.entries.get(key)))
    return name === null ? null : (named(name) ?? unknown())
  }
  const streams = methodOf('StmF') ?? 'none'
  return { strings: methodOf('StrF') ?? 'none', streams, files: methodOf('EFF') ?? streams, encryptMetadata, named }
}

function decryptionBy(fileKey: Uint8Array | null, methods: Methods): Decryption {
  return {
    decryptObject: (value, number, generation) => {
      const decipherOf = (method: Method): Decipher => decipherFor(method, fileKey, number, generation)
      return decryptValue(value, methods, decipherOf)
    },
  }
}

/** Clause 7.6.3.1 algorithm 1: each object has a key of its own, but for AES-256, where the file's key is used. */
function decipherFor(method: Method, fileKey: Uint8Array | null, number: number, generation: number): Decipher {
  if (method === 'none') return (bytes) => bytes
  if (!fileKey) {
    return () => {
      throw new VerifyError('encrypted', 'an attached file is encrypted')
    }
  }
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

function decryptValue(value: PdfValue, methods: Methods, decipherOf: (method: Method) => Decipher): PdfValue {
  const strings = decipherOf(methods.strings)
  if (!isKind(value, 'stream')) return decryptStrings(value, strings)
  const type = nameOf(value.dict.entries.get('Type'))
  // Clause 7.6.2: cross-reference streams are never encrypted; metadata only where the dictionary says so.
  if (type === 'XRef') return value
  const dict = decryptDict(value.dict, strings)
  const own = ownFilterOf(value.dict)
  if (own !== null) return { ...value, dict, decrypt: decryptByName(own, methods, decipherOf) }
  if (type === 'Metadata' && !methods.encryptMetadata) return { ...value, dict, decrypt: null }
  return { ...value, dict, decrypt: decipherOf(type === 'EmbeddedFile' ? methods.files : methods.streams) }
}

/** A name that stands nowhere is said when the stream is asked for, so that it costs nothing else. */
function decryptByName(name: string, methods: Methods, decipherOf: (method: Method) => Decipher): Decipher {
  const method = methods.named(name)
  if (method !== null) return decipherOf(method)
  return () => {
    throw new VerifyError('unsupported', 'a stream names a crypt filter that is not known')
  }
}

/** The name that a stream's own Crypt filter says, Identity where it says none (clause 7.4.10); null without one. */
function ownFilterOf(dict: PdfDict): string | null {
  const filter = dict.entries.get('Filter')
  const first = isKind(filter, 'array') ? filter.items[0] : filter
  if (nameOf(first) !== 'Crypt') return null
  const given = dict.entries.get('DecodeParms')
  const parameters = dictOf(isKind(given, 'array') ? given.items[0] : given)
  return nameOf(parameters?.entries.get('Name')) ?? 'Identity'
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

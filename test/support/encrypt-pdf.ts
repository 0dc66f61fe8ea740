/** An encrypting PDF writer of its own, for tests of the reader: nothing here is shared with what decrypts. */
import { createCipheriv, createHash } from 'node:crypto'
import { type Objects, writePdf } from './make-signed-pdf.ts'

const FILE_KEY = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex')
const IV = Buffer.alloc(16, 7)

/** What stands in an object in place of something that is to be encrypted: {{str:text}} or {{stream:text}}. */
const encryptAes256 = (text: string): Buffer => {
  const cipher = createCipheriv('aes-256-cbc', FILE_KEY, IV)
  return Buffer.concat([IV, cipher.update(text, 'latin1'), cipher.final()])
}

/** A string as it stands in an encrypted file. */
export const encryptedString = (text: string): string => `<${encryptAes256(text).toString('hex')}>`

/** A stream whose data are encrypted. */
export function encryptedStream(data: string, entries = ''): string {
  const bytes = encryptAes256(data)
  return `<< ${entries} /Length ${bytes.length} >>\nstream\n${bytes.toString('latin1')}\nendstream`
}

const sha256 = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()

/** The entries of a dictionary with V 5, R 5 (Adobe's extension level 3, whose hash is one SHA-256). */
function passwordEntries(user: Buffer, owner: Buffer): string {
  const wrap = (key: Buffer): string => {
    const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false)
    return Buffer.concat([cipher.update(FILE_KEY), cipher.final()]).toString('hex')
  }
  const [validation, keySalt] = [Buffer.alloc(8, 1), Buffer.alloc(8, 2)]
  const u = Buffer.concat([sha256(user, validation), validation, keySalt])
  const o = Buffer.concat([sha256(owner, validation, u), validation, keySalt])
  const hex = { u: u.toString('hex'), o: o.toString('hex') }
  return `/U <${hex.u}> /UE <${wrap(sha256(user, keySalt))}> /O <${hex.o}> /OE <${wrap(sha256(owner, keySalt, u))}>`
}

export interface EncryptRequest {
  readonly objects: Objects
  /** Octets of the passwords; owner where absent. */
  readonly user: Buffer
  readonly owner?: Buffer
  /** Which filters the dictionary names: /StmF, /StrF, /EFF. */
  readonly filters: string
  /** In place of the standard handler. */
  readonly handler?: string
}

/** Writes a document with its encryption dictionary as object 90; the objects must be encrypted where they are to be. */
export function writeEncryptedPdf(request: EncryptRequest): Buffer {
  const { user, owner = Buffer.from('owner'), handler = '/Standard' } = request
  const crypt = '/CF << /StdCF << /CFM /AESV3 /AuthEvent /DocOpen /Length 32 >> >>'
  const dictionary = `<< /Filter ${handler} /V 5 /R 5 /Length 256 /P -4 ${crypt} ${request.filters} ${passwordEntries(user, owner)} >>`
  const pdf = writePdf(new Map([...request.objects, [90, dictionary]])).toString('latin1')
  return Buffer.from(pdf.replace('trailer\n<<', 'trailer\n<< /Encrypt 90 0 R /ID [<01> <01>]'), 'latin1')
}

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { GatewayError } from '../../model/errors.ts'
import type { SealSettings } from '../../model/seal.ts'
import type { SigningKey } from '../signing-key.ts'
import { certificatesIn, digestInfo, keyElsewhere, orderedChain, type SignElsewhere } from './key-parts.ts'

export type Pkcs11Settings = Extract<SealSettings, { readonly kind: 'pkcs11' }>

const TOOL = 'pkcs11-tool'
/** The variable that hands the PIN to the tool: arguments can be read by everybody on the machine. */
const PIN_VARIABLE = 'POSTSTEMPEL_SEAL_PIN'
const TIMEOUT_MS = 20_000
const MAX_OUTPUT = 1024 * 1024

/**
 * Opens a key on a token (PKCS #11 v2.40), through OpenSC's pkcs11-tool in a process of its own: a token's library that
 * crashes or hangs takes that process only. RSA by CKM_RSA_PKCS over the DigestInfo and ECDSA over the digest: every token
 * knows these two.
 * @throws GatewayError key-unusable (PIN, names, certificate), seal-unavailable (no token, no answer), missing-package
 */
export async function openPkcs11Key(settings: Pkcs11Settings): Promise<SigningKey> {
  const id = await idOf(settings)
  const sign: SignElsewhere = (bytes, scheme, hash) => {
    const how =
      scheme === 'ecdsa'
        ? { mechanism: ['ECDSA', '--signature-format', 'openssl'], input: createHash(hash).update(bytes).digest() }
        : { mechanism: ['RSA-PKCS'], input: digestInfo(bytes, hash) }
    return askToken(settings, ['--sign', '--mechanism', ...how.mechanism, '--id', id], how.input)
  }
  return keyElsewhere('pkcs11', await chainOf(settings, id), sign)
}

/** By a label that it does not know the tool signs with the first key there is: so it is given ids alone. */
async function idOf(settings: Pkcs11Settings): Promise<string> {
  if ('id' in settings.key) return settings.key.id
  const { label } = settings.key
  const list = (await askToken(settings, ['--list-objects', '--type', 'privkey'], null)).toString()
  const ids = list.split(/^Private Key Object/m).flatMap((one) => {
    const isIt = /^\s*label:\s*(.*)$/m.exec(one)?.[1]?.trim() === label
    return isIt ? (/^\s*ID:\s*([0-9a-f]+)\s*$/m.exec(one)?.[1] ?? []) : []
  })
  const [id] = ids
  if (id !== undefined && ids.length === 1) return id
  const what = ids.length === 0 ? 'no private key' : 'more than one private key'
  throw new GatewayError('key-unusable', `The token holds ${what} with the label ${label} and an id.`)
}

async function chainOf(settings: Pkcs11Settings, id: string): Promise<readonly Uint8Array[]> {
  if (settings.certificateFile === null) {
    return [await askToken(settings, ['--read-object', '--type', 'cert', '--id', id], null)]
  }
  const [own, ...issuers] = certificatesIn(await readPem(settings.certificateFile))
  return own ? orderedChain(own, issuers) : []
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new GatewayError('key-unusable', `The seal's certificate ${file} cannot be read.`, { cause })
  }
}

/** Runs the tool once, signed in; gives what it wrote. */
async function askToken(
  { module, token, pin, environment }: Pkcs11Settings,
  words: readonly string[],
  input: Uint8Array | null,
): Promise<Buffer> {
  const common = ['--module', module, '--token-label', token, '--login', '--pin', `env:${PIN_VARIABLE}`]
  const { code, stdout, stderr } = await runTool([...common, ...words], { ...environment, [PIN_VARIABLE]: pin }, input)
  if (code === 0 && stdout.length > 0) return stdout
  throw faultOf(stderr)
}

interface Ran {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

function runTool(words: readonly string[], env: NodeJS.ProcessEnv, input: Uint8Array | null): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(TOOL, words, { env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', stdio: 'pipe' })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    const keep = (chunks: Buffer[]) => (chunk: Buffer) => {
      if (chunks.reduce((sum, { length }) => sum + length, 0) < MAX_OUTPUT) chunks.push(chunk)
    }
    child.stdout.on('data', keep(stdout))
    child.stderr.on('data', keep(stderr))
    child.on('error', (cause) => reject(notThere(cause)))
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('latin1') }),
    )
    // A tool that ends before it read everything says why by its code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
  })
}

function notThere(cause: NodeJS.ErrnoException): GatewayError {
  if (cause.code !== 'ENOENT')
    return new GatewayError('seal-unavailable', 'The token cannot be asked.', { cause, retryable: true })
  return new GatewayError('missing-package', `A seal on a token needs ${TOOL} (Debian: opensc).`, { cause })
}

function faultOf(stderr: string): GatewayError {
  const reason =
    /CKR_[A-Z_]+/.exec(stderr)?.[0] ?? (/No slot with|No slots|not found/i.exec(stderr) ? 'not-found' : 'none')
  const facts = { reason }
  if (/CKR_PIN/.test(reason)) {
    return new GatewayError('key-unusable', `The token refuses the PIN (${reason}).`, { facts })
  }
  if (/No slot with a token|No slots|CKR_TOKEN_NOT|CKR_DEVICE|failed to load/i.test(stderr)) {
    return new GatewayError('seal-unavailable', `The token of the seal is not there (${reason}).`, {
      facts,
      retryable: true,
    })
  }
  if (/CKR_KEY_TYPE|CKR_MECHANISM|CKR_OPERATION|CKR_KEY_FUNCTION|CKR_KEY_SIZE|CKR_DATA_LEN/.test(reason)) {
    return new GatewayError('key-unusable', `The key on the token does not sign as its certificate says (${reason}).`, {
      facts,
    })
  }
  if (/not found|CKR_KEY_HANDLE_INVALID|CKR_OBJECT_HANDLE_INVALID/i.test(stderr)) {
    return new GatewayError('key-unusable', 'The token holds no such key or certificate.', { facts })
  }
  return new GatewayError('seal-unavailable', `The token gave no answer (${reason}).`, { facts, retryable: true })
}

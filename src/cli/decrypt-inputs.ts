import { type MailKeys, openMail } from '../intake/index.ts'
import { GatewayError } from '../model/errors.ts'
import { parseMime } from '../verify/mime/index.ts'
import { MimeError } from '../verify/mime/mime-error.ts'
import { listFiles, readBytes } from './read-inputs.ts'
import type { RefusedJob, VerifyJob } from './verify-request.ts'

/**
 * Takes paths of private keys (armoured OpenPGP keys without a passphrase, or PEM with a private key and its certificate).
 * @throws GatewayError unreadable-input, where a file is neither
 */
export function readDecryptKeys(paths: readonly string[]): MailKeys {
  const openpgp: string[] = []
  const smime: { privateKeyPem: string; certificatePem: string }[] = []
  for (const file of paths.flatMap(listFiles)) {
    const text = Buffer.from(readBytes(file)).toString('latin1')
    const privateKeyPem = PRIVATE_KEY.exec(text)?.[0]
    const certificatePem = CERTIFICATE.exec(text)?.[0]
    if (text.includes('-----BEGIN PGP PRIVATE KEY BLOCK-----')) openpgp.push(text)
    else if (privateKeyPem && certificatePem) smime.push({ privateKeyPem, certificatePem })
    else throw new GatewayError('unreadable-input', `${file} holds no private key, or lacks its certificate`)
  }
  return { openpgp, smime }
}

const PRIVATE_KEY = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----[^-]+-----END (?:RSA |EC )?PRIVATE KEY-----/
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/

/** Takes jobs; gives them with what stood encrypted in those that the keys open. What cannot be read is said when it is judged. */
export async function openJobs(
  jobs: readonly (VerifyJob | RefusedJob)[],
  keys: MailKeys,
): Promise<readonly (VerifyJob | RefusedJob)[]> {
  const opened: (VerifyJob | RefusedJob)[] = []
  for (const job of jobs) opened.push('refused' in job ? job : { ...job, opened: await openFile(job.file, keys) })
  return opened
}

async function openFile(file: string, keys: MailKeys): Promise<Uint8Array | null> {
  try {
    return (await openMail(parseMime(readBytes(file)).root, keys))?.bytes ?? null
  } catch (fault) {
    if (fault instanceof MimeError || fault instanceof GatewayError) return null
    throw fault
  }
}

import { readFile } from 'node:fs/promises'
import { GatewayError } from '../model/errors.ts'

/** Readers accept a header within the first 1024 bytes, and so does the verifier. */
const HEADER_WITHIN = 1024

const FAULTS: Readonly<Record<string, readonly ['not-found' | 'unreadable-input', string]>> = {
  ENOENT: ['not-found', 'There is no such file'],
  ENOTDIR: ['not-found', 'There is no such file'],
  EISDIR: ['unreadable-input', 'This is a folder, no file'],
  EACCES: ['unreadable-input', 'This file may not be read'],
}

/**
 * Reads the newcomer's own PDF.
 * @throws GatewayError not-found, unreadable-input (a folder, or no right to read), not-a-pdf; each names the file
 */
export async function readOwnPdf(path: string): Promise<Uint8Array> {
  const bytes = await readOrRefuse(path)
  if (!bytes.subarray(0, HEADER_WITHIN + 5).includes('%PDF-')) {
    throw new GatewayError('not-a-pdf', `${path} is no PDF: it does not begin with %PDF-. Nothing was sent.`)
  }
  return bytes
}

async function readOrRefuse(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? FAULTS[String(cause.code)] : undefined
    if (!fault) throw cause
    throw new GatewayError(fault[0], `${fault[1]}: ${path}. Nothing was sent.`, { cause })
  }
}

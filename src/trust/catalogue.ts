import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { GatewayError } from '../model/errors.ts'
import { type AnchorCandidate, readAnchorFile } from './anchor-file.ts'

const hex = z.string().regex(/^[0-9a-f]{64}$/, 'lower-case hex of 32 bytes')
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'YYYY-MM-DD')

const catalogueSchema = z.strictObject({
  version: z.literal(1),
  anchors: z.array(
    z.strictObject({
      /** Stable and short: an enabled anchor names it as its source, "catalogue:<id>". */
      id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'kebab-case'),
      subject: z.string().min(1),
      /** SHA-256 of the DER. */
      fingerprint: hex,
      source: z.strictObject({
        /** Where the file was taken from. */
        url: z.url({ protocol: /^https$/ }),
        takenOn: day,
        /** Where else, by another way, the same fingerprint is published. */
        confirmedBy: z.string().min(1),
      }),
      purposes: z.array(z.enum(['document', 'mail', 'timestamp'])).min(1),
      note: z.string(),
      /** A plain name in the same folder, PEM or DER, one certificate. */
      file: z.string().refine((name) => name === basename(name) && !name.startsWith('.'), 'a plain file name'),
    }),
  ),
})

/** One certificate that comes with the product. It counts for nothing until an admin enables it. */
export type CatalogueEntry = z.infer<typeof catalogueSchema>['anchors'][number] & {
  readonly certificate: AnchorCandidate
}

/**
 * Reads `catalogue.json` of a folder and each certificate that it names; gives them only if every one is what the
 * catalogue says: fingerprint, subject, a CA, no id or certificate twice.
 * @throws GatewayError configuration, naming all entries that are wrong
 */
export async function loadCatalogue(folder: string): Promise<readonly CatalogueEntry[]> {
  const parsed = catalogueSchema.safeParse(await readJson(join(folder, 'catalogue.json')))
  if (!parsed.success) throw wrong(z.prettifyError(parsed.error))
  const entries: CatalogueEntry[] = []
  const problems: string[] = []
  for (const anchor of parsed.data.anchors) {
    try {
      const certificate = await readOne(join(folder, anchor.file))
      if (certificate.sha256 !== anchor.fingerprint)
        problems.push(`${anchor.id}: its file has the fingerprint ${certificate.sha256}`)
      if (certificate.subject !== anchor.subject)
        problems.push(`${anchor.id}: its file's subject is ${certificate.subject}`)
      if (!certificate.isCa) problems.push(`${anchor.id}: its certificate is no CA`)
      if (entries.some((one) => one.id === anchor.id || one.fingerprint === anchor.fingerprint)) {
        problems.push(`${anchor.id}: it stands there twice`)
      }
      entries.push({ ...anchor, certificate })
    } catch (thrown) {
      problems.push(`${anchor.id}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    }
  }
  if (problems.length > 0) throw wrong(problems.join('; '))
  return entries
}

const wrong = (why: string): GatewayError =>
  new GatewayError('configuration', `The catalogue of anchors is wrong: ${why}`)

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new GatewayError('configuration', `${path} cannot be read as JSON.`, { cause })
  }
}

async function readOne(path: string): Promise<AnchorCandidate> {
  const [certificate, second] = await readAnchorFile(await readFile(path))
  if (!certificate || second)
    throw new GatewayError('unreadable-input', 'its file does not hold exactly one certificate')
  return certificate
}

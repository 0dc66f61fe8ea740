import { writeFileSync } from 'node:fs'
import { GatewayError } from '../model/errors.ts'
import type { ListEntry } from '../model/trusted-list.ts'
import { type ReadEdition, readCertificate, readEdition } from '../trust/index.ts'
import { type Asked, readTime } from './roots-verb.ts'

/** Prints a list as it counted at --at, from its document: who signed it, and its certificates with their times. */
export async function showEdition(asked: Asked, territory: string): Promise<number> {
  const { edition, until, vouched, list, entries } = await editionAt(asked, territory)
  const head = [
    `${territory} ${edition.sequence}, ${list.operator}`,
    `  used for     ${edition.services.join(', ') || '-'}`,
    `  issued       ${edition.issuedAt}`,
    `  signed by    ${edition.signer} (verified again)`,
    ...(vouched === null ? [] : [`  who says so  ${vouched}`]),
    `  document     ${edition.sha256}`,
    `  counted      ${edition.takenAt} to ${until ?? 'now'}`,
  ]
  console.log([...head, ...entries.flatMap(linesOf)].join('\n'))
  return 0
}

function linesOf({ certificate, provider, service, purposes, periods }: ListEntry): readonly string[] {
  const { subject, sha256 } = readCertificate(Buffer.from(certificate, 'base64'))
  const times = periods.map(({ from, until }) => `${from} to ${until ?? 'now'}`)
  return [subject, `  ${sha256}`, `  ${provider}: ${service}; ${purposes.join(', ')}; ${times.join(', ')}`]
}

/** Writes the document of a list as it was signed, the one that counts, or that counted at --at. */
export async function exportEdition(asked: Asked, territory: string, file: string): Promise<number> {
  const { edition, bytes } = await editionAt(asked, territory)
  try {
    writeFileSync(file, bytes)
  } catch (cause) {
    throw new GatewayError('invalid-request', `${file} cannot be written`, { cause })
  }
  console.log(`${file}: ${territory} ${edition.sequence}, issued ${edition.issuedAt}, SHA-256 ${edition.sha256}`)
  return 0
}

const editionAt = (asked: Asked, territory: string): Promise<ReadEdition> =>
  readEdition(territory, readTime(asked, 'at') ?? asked.now.toISOString(), asked.store)

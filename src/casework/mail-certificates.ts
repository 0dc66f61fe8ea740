import { X509Certificate } from 'node:crypto'
import type { CitizenKey } from '../model/citizen-key.ts'
import { newId } from '../model/ids.ts'
import type { VerificationReport } from '../model/report.ts'
import type { Writer } from '../model/store.ts'
import type { Instant } from '../model/time.ts'

/**
 * Keeps, within the caller's commit, the certificates by which a sender's mail was signed (S/MIME), where the signature passed
 * below a CA that counts for mail, is the sender's, and mail may be encrypted to it. The CA vouches for each: the one that was issued
 * last counts, and one that an admin took out of use stays so.
 */
export async function noteMailCertificates(
  write: Writer,
  from: string | null,
  reports: readonly VerificationReport[],
  at: Instant,
): Promise<void> {
  if (from === null) return
  const address = from.toLowerCase()
  for (const certificate of certificatesOf(address, reports)) await note(write, address, certificate, at)
}

function certificatesOf(address: string, reports: readonly VerificationReport[]): readonly X509Certificate[] {
  const own = reports.filter(({ sender }) => sender?.matchesSigner === true && sender.from?.toLowerCase() === address)
  return own
    .flatMap(({ signatures }) => signatures)
    .flatMap(({ kind, indication, signer }) => {
      const isTheirs = signer?.emails.some((email) => email.toLowerCase() === address) ?? false
      const passed = kind === 'smime' && indication === 'TOTAL-PASSED' && isTheirs
      return passed && signer?.certificate ? [new X509Certificate(Buffer.from(signer.certificate, 'base64'))] : []
    })
}

async function note(write: Writer, address: string, certificate: X509Certificate, at: Instant): Promise<void> {
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase()
  const rows = await write.citizenKeysOf(address, 'smime')
  const known = rows.find((row) => row.fingerprint === fingerprint)
  if (known) return write.updateCitizenKey(known.id, { lastSeenAt: at })
  const before = rows.find(({ state }) => state === 'counts')
  const isNewest = !before || new X509Certificate(before.certificate).validFromDate < certificate.validFromDate
  if (before && isNewest) await write.updateCitizenKey(before.id, { state: 'replaced', stateSince: at })
  const row: CitizenKey = {
    ...{ id: newId(Date.parse(at)), address, kind: 'smime', fingerprint, certificate: certificate.toString() },
    ...{ source: 'signed-mail', proof: 'anchor', state: isNewest ? 'counts' : 'replaced' },
    ...{ firstSeenAt: at, lastSeenAt: at, stateSince: at },
  }
  await write.addCitizenKey(row)
}

import type { SignatureReport, Signer } from './report.ts'

/** Whose certificate it is: a person signs, an organisation or its service seals. */
export type Holder = 'person' | 'organisation'

/** Serial numbers that number persons: EN 319 412-1 clause 5.1.3 (PNO, PAS, IDC, TIN, TAX), and Danish OCES. */
const PERSON_NUMBER = /^((PAS|IDC|PNO|TIN|TAX)[A-Z]{2}-|[A-Z]{2}:[A-Z]{2}-[PE]:|PID:|CVR:\d{8}-RID:)/
/** Danish OCES: certificates of companies and of their functions. */
const ORGANISATION_NUMBER = /^([A-Z]{2}:[A-Z]{2}-[OS]:|CVR:\d{8}-[UF]ID:)/

/**
 * Tells from its names whose a certificate is. Where nothing says that it is an organisation's, it is taken for a
 * person's.
 * @see EN 319 412-2 clause 4.2.4 (natural persons), EN 319 412-3 clause 4.2.1 (legal persons)
 */
export function holderOf({ subject, seal }: Pick<Signer, 'subject' | 'seal'>): Holder {
  if (seal === true) return 'organisation'
  const names = attributesOf(subject)
  const [serialNumber = ''] = names.get('serialNumber') ?? []
  if (names.has('GN') || names.has('SN') || PERSON_NUMBER.test(serialNumber)) return 'person'
  if (names.has('organizationIdentifier') || ORGANISATION_NUMBER.test(serialNumber)) return 'organisation'
  const [organization] = names.get('O') ?? []
  const [commonName] = names.get('CN') ?? []
  if (organization === undefined) return 'person'
  if (commonName === undefined) return 'organisation'
  // "Søby Kommune - segl" of the organisation "Søby Kommune".
  const rest = folded(commonName).startsWith(folded(organization))
    ? folded(commonName).slice(folded(organization).length)
    : null
  return rest !== null && !/^[\p{L}\p{N}]/u.test(rest) ? 'organisation' : 'person'
}

/** Says whether a signature is a seal: made by an organisation or its service, not by a person. */
export const isSeal = ({ signer }: Pick<SignatureReport, 'signer'>): boolean =>
  signer !== null && holderOf(signer) === 'organisation'

const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

/** Takes a name as RFC 4514 writes it; gives the texts of each attribute, the last RDN first. */
function attributesOf(subject: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const [, type = '', value = ''] of subject.matchAll(/(?:^|[,+])([\w.]+)=((?:\\.|[^,+\\])*)/gs)) {
    found.set(type, [...(found.get(type) ?? []), unescaped(value)])
  }
  return found
}

const unescaped = (value: string): string =>
  value.replace(/\\([0-9A-F]{2}|.)/gs, (whole, c: string) => (c.length === 1 ? c : whole))

/** Takes a name as RFC 4514 writes it; gives its common name, else its organisation, else all of it. */
export function shortNameOf(subject: string): string {
  const names = attributesOf(subject)
  return names.get('CN')?.[0] ?? names.get('O')?.[0] ?? subject
}

/** The name of whoever made a signature, as the certificate has it; undefined where nothing tells. */
export function nameOf({ signer, userIds }: SignatureReport): string | undefined {
  return signer ? (signer.names[0] ?? shortNameOf(signer.subject)) : userIds[0]
}

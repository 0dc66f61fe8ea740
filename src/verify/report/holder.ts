import { visibleText } from '../visible-text.ts'
import type { SignatureReport, Signer } from './report.ts'

/**
 * Whose certificate it is: a person signs, an organisation or its service seals. unclear: it names an organisation, and
 * nothing in it tells whether a person of it or itself.
 */
export type Holder = 'person' | 'organisation' | 'unclear'

/** Serial numbers that number persons: EN 319 412-1 clause 5.1.3 (PNO, PAS, IDC, TIN, TAX), and Danish OCES. */
const PERSON_NUMBER = /^((PAS|IDC|PNO|TIN|TAX)[A-Z]{2}-|[A-Z]{2}:[A-Z]{2}-[PE]:|PID:|CVR:\d{8}-RID:)/
/** Legal persons: EN 319 412-1 clause 5.1.4 (VAT, NTR, PSD, LEI, EXC); Danish OCES: companies and their functions. */
const ORGANISATION_NUMBER = /^((VAT|NTR|PSD|LEI|EXC)[A-Z]{2}-|[A-Z]{2}:[A-Z]{2}-[OS]:|CVR:\d{8}-[UF]ID:)/
/** Names that no person bears: with the form of a company, an authority's, or a seal's. */
const ORGANISATION_NAME =
  /(^|[\s,])(a\/s|aps|i\/s|k\/s|p\/s|a\.?m\.?b\.?a\.?|gmbh|ltd\.?|limited|inc\.?|llc|kommune|municipality)$|^region \p{L}|(^|\P{L})((e|digitalt|elektronisk)?[- ]?segl|(e|digital|electronic)[- ]?seal)($|\P{L})/iu

/** A part of each of them, or a letter that their rules of case know: to compile all of letters' rules costs a start 2 ms. */
const MAY_BE_ORGANISATION =
  /[^\x20-\x7e]|\/s|aps|m\.?b\.?a|gmbh|ltd|limited|inc|llc|kommune|municipality|region|segl|seal/i

/**
 * Tells from its names whose a certificate is. Where it names no organisation at all, it is taken for a person's; an
 * organisation's must never be spoken of as one.
 * @see EN 319 412-2 clause 4.2.4 (natural persons), EN 319 412-3 clause 4.2.1 (legal persons)
 */
export function holderOf({ subject, seal }: Pick<Signer, 'subject' | 'seal'>): Holder {
  if (seal === true) return 'organisation'
  const names = attributesOf(subject)
  const [serialNumber = ''] = names.get('serialNumber') ?? []
  if (['GN', 'SN', 'pseudonym', PSEUDONYM].some((type) => names.has(type)) || PERSON_NUMBER.test(serialNumber))
    return 'person'
  if (names.has('organizationIdentifier') || ORGANISATION_NUMBER.test(serialNumber)) return 'organisation'
  const [organization] = names.get('O') ?? []
  const [commonName] = names.get('CN') ?? []
  if (commonName === undefined) return organization === undefined ? 'person' : 'organisation'
  if (MAY_BE_ORGANISATION.test(commonName) && ORGANISATION_NAME.test(commonName)) return 'organisation'
  if (organization === undefined) return 'person'
  // "Søby Kommune - segl" of the organisation "Søby Kommune".
  const [own, whole] = [folded(commonName), folded(organization)]
  return begins(own, whole) || begins(whole, own) ? 'organisation' : 'unclear'
}

/** Says whether one name begins with the other, to the end of a word. */
const begins = (name: string, start: string): boolean =>
  start !== '' && name.startsWith(start) && !/^[\p{L}\p{N}]/u.test(name.slice(start.length))

const PSEUDONYM = '2.5.4.65'

/** Says whether a signature is a seal: made by an organisation or its service, not by a person. */
export const isSeal = ({ signer }: Pick<SignatureReport, 'signer'>): boolean =>
  signer !== null && holderOf(signer) === 'organisation'

/** Says whether nothing tells if a person or an organisation made a signature; the organisation that its certificate names. */
export function unclearHolderOf({ signer }: Pick<SignatureReport, 'signer'>): string | null {
  if (!signer || holderOf(signer) !== 'unclear') return null
  return attributesOf(signer.subject).get('O')?.[0] ?? null
}

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

/** The name of whoever made a signature, as the certificate has it, with all of it seen; undefined where nothing tells. */
export function nameOf({ signer, userIds }: SignatureReport): string | undefined {
  const name = signer ? (signer.names[0] ?? shortNameOf(signer.subject)) : userIds[0]
  return name === undefined ? undefined : visibleText(name)
}

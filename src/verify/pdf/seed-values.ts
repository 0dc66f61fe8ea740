import type { PdfView } from './pdf-document.ts'
import { docMdpOf, signatureLockOf } from './permissions.ts'
import { formFieldsOf } from './signature-fields.ts'
import { dictOf, integerOf, isKind, nameOf, type PdfDict, type PdfValue, textOf } from './values.ts'

/** What of a signature's CMS a form may have asked for. */
export interface SeededCms {
  /** By node:crypto's name; null where it is none that we know. */
  readonly digest: string | null
  /** Revocation data stands among the signed attributes. */
  readonly revocationData: boolean
}

/** Bits of Ff, by the entry that each makes a must. */
const REQUIRED = { Filter: 1, SubFilter: 2, Reasons: 8, AddRevInfo: 32, DigestMethod: 64, LockDocument: 128 } as const

/**
 * Gives the entries of the signature field's seed value dictionary that the signature does not keep to, of those that it
 * must: what the form's author asked of a signature. Constraints on certificates, time-stamps, attestations and
 * appearances are not judged. `view` is the revision that was signed.
 * @see ISO 32000-2 clause 12.7.5.5
 */
export function seedValueFaultsOf(view: PdfView, signature: PdfDict, cms: SeededCms): readonly string[] {
  const field = formFieldsOf(view).find((one) => one.value === signature)
  const seed = dictOf(view.resolve(field?.dict.entries.get('SV')))
  if (!seed) return []
  const flags = integerOf(view.resolve(seed.entries.get('Ff'))) ?? 0
  const kept: Readonly<Record<keyof typeof REQUIRED, () => boolean>> = {
    Filter: () => isOneOf(view, seed, 'Filter', wordOf(view, signature.entries.get('Filter'))),
    SubFilter: () => isOneOf(view, seed, 'SubFilter', wordOf(view, signature.entries.get('SubFilter'))),
    Reasons: () => hasReason(view, seed, wordOf(view, signature.entries.get('Reason'))),
    AddRevInfo: () => [null, cms.revocationData].includes(flagOf(view, seed.entries.get('AddRevInfo'))),
    DigestMethod: () => isOneOf(view, seed, 'DigestMethod', cms.digest),
    LockDocument: () => isLockedAsAsked(view, seed, signature),
  }
  const broken = Object.entries(REQUIRED).filter(([key, bit]) => {
    return (flags & bit) !== 0 && !kept[key as keyof typeof REQUIRED]()
  })
  return [...broken.map(([key]) => key), ...(isCertifiedAsAsked(view, seed, signature) ? [] : ['MDP'])]
}

const wordOf = (view: PdfView, value: PdfValue | undefined): string | null => {
  const resolved = view.resolve(value)
  return nameOf(resolved) ?? textOf(resolved)
}

const flagOf = (view: PdfView, value: PdfValue | undefined): boolean | null => {
  const resolved = view.resolve(value)
  return typeof resolved === 'boolean' ? resolved : null
}

/** Gives the words of an entry, be it one or a list; null where it has none. */
function wordsOf(view: PdfView, seed: PdfDict, key: string): readonly string[] | null {
  const value = view.resolve(seed.entries.get(key))
  if (value === null) return null
  return (isKind(value, 'array') ? value.items : [value]).flatMap((item) => wordOf(view, item) ?? [])
}

/** Digests are written with and without a hyphen, in either case. */
const plain = (word: string): string => word.toLowerCase().replaceAll('-', '')

function isOneOf(view: PdfView, seed: PdfDict, key: string, used: string | null): boolean {
  const words = wordsOf(view, seed, key)
  return words === null || (used !== null && words.map(plain).includes(plain(used)))
}

/** Where reasons are a must, no reasons, or the one reason of a full stop, means that none may be given. */
function hasReason(view: PdfView, seed: PdfDict, reason: string | null): boolean {
  const reasons = wordsOf(view, seed, 'Reasons') ?? []
  const none = reasons.length === 0 || (reasons.length === 1 && reasons[0] === '.')
  return none ? reason === null : reason !== null && reasons.includes(reason)
}

/** The document is locked by P of 1, be it of DocMDP or of the field's Lock. */
function isLockedAsAsked(view: PdfView, seed: PdfDict, signature: PdfDict): boolean {
  const asked = wordOf(view, seed.entries.get('LockDocument'))
  const locked = [docMdpOf(view, signature), signatureLockOf(view, signature).permission].includes(1)
  return asked === 'true' ? locked : asked !== 'false' || !locked
}

/** P of 0 asks for an approval, 1 to 3 for a certification with that P; no bit makes it optional. */
function isCertifiedAsAsked(view: PdfView, seed: PdfDict, signature: PdfDict): boolean {
  const asked = integerOf(view.resolve(dictOf(view.resolve(seed.entries.get('MDP')))?.entries.get('P')))
  if (asked === null) return true
  const permission = docMdpOf(view, signature)
  return asked === 0 ? permission === null : permission === asked
}

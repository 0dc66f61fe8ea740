import {
  contextConstructed,
  contextPrimitive,
  type Element,
  readAscii,
  readExplicit,
  readFields,
  readImplicit,
  readOid,
  TAG,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type DistinguishedName, parseName } from './distinguished-name.ts'

/** A GeneralName (RFC 5280 §4.2.1.6). Kinds that nothing here compares stay bytes, by their tag number. */
export type GeneralName =
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'dns'; readonly value: string }
  | { readonly kind: 'uri'; readonly value: string }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  | { readonly kind: 'ip'; readonly bytes: Uint8Array }
  | { readonly kind: 'other'; readonly tagNumber: number; readonly typeId: string | null; readonly bytes: Uint8Array }

/** otherName, x400Address, ediPartyName, registeredID */
const UNCOMPARED: ReadonlyMap<number, number> = new Map([
  [contextConstructed(0), 0],
  [contextConstructed(3), 3],
  [contextConstructed(5), 5],
  [contextPrimitive(8), 8],
])

/** Reads a GeneralName. @throws VerifyError malformed-der */
export function parseGeneralName(element: Element): GeneralName {
  switch (element.tag) {
    case contextPrimitive(1):
      return { kind: 'email', value: readAscii(element) }
    case contextPrimitive(2):
      return { kind: 'dns', value: readAscii(element) }
    case contextPrimitive(6):
      return { kind: 'uri', value: readAscii(element) }
    case contextPrimitive(7):
      return { kind: 'ip', bytes: element.content }
    case contextConstructed(4):
      return { kind: 'directory', name: parseName(readExplicit(element, 'directoryName')) }
  }
  const tagNumber = UNCOMPARED.get(element.tag)
  if (tagNumber === undefined) throw new VerifyError('malformed-der', 'GeneralName is of no known kind')
  // OtherName: the type-id is what tells one kind of them from another.
  const typeId =
    tagNumber === 0
      ? readOid(readFields(readImplicit(element, TAG.sequence), 'OtherName').take(TAG.oid, 'type-id'))
      : null
  return { kind: 'other', tagNumber, typeId, bytes: element.bytes }
}

/** Says whether two general names are the same name. */
export function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.kind === 'directory') return b.kind === 'directory' && a.name.key === b.name.key
  if (a.kind === 'ip' || a.kind === 'other') return b.kind === a.kind && Buffer.compare(a.bytes, b.bytes) === 0
  return b.kind === a.kind && 'value' in b && foldName(a) === foldName(b)
}

/** Case counts neither in host names nor in the scheme of a URI (RFC 5280 §7.2, §7.4, §7.5). */
function foldName(name: GeneralName & { readonly value: string }): string {
  if (name.kind === 'dns') return name.value.toLowerCase()
  if (name.kind === 'email') return name.value.replace(/@[^@]*$/, (host) => host.toLowerCase())
  return name.value.replace(/^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?/i, (start) => start.toLowerCase())
}

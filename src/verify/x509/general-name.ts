import { contextConstructed, contextPrimitive, type Element, readAscii, readExplicit } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type DistinguishedName, parseName } from './distinguished-name.ts'

/** A GeneralName (RFC 5280 §4.2.1.6). Kinds that nothing here compares stay bytes, by their tag number. */
export type GeneralName =
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'dns'; readonly value: string }
  | { readonly kind: 'uri'; readonly value: string }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  | { readonly kind: 'ip'; readonly bytes: Uint8Array }
  | { readonly kind: 'other'; readonly tagNumber: number; readonly bytes: Uint8Array }

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
  return { kind: 'other', tagNumber, bytes: element.bytes }
}

/** Says whether two general names are the same name. */
export function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.kind === 'directory') return b.kind === 'directory' && a.name.key === b.name.key
  if (a.kind === 'ip' || a.kind === 'other') return b.kind === a.kind && Buffer.compare(a.bytes, b.bytes) === 0
  return b.kind === a.kind && 'value' in b && a.value === b.value
}

import { VerifyError } from '../errors.ts'
import { type Element, readChildren, TAG } from './element.ts'

/** Steps through the members of a SEQUENCE or SET in their order; what is left over at the end is refused. */
export interface Fields {
  /** Gives the next member, which must have this tag. */
  take(tag: number, name: string): Element
  /** Gives the next member, whatever it is. */
  takeAny(name: string): Element
  /** Gives the next member where it has this tag; else null, and stays. */
  optional(tag: number): Element | null
  /** Gives all members that are left. */
  rest(): readonly Element[]
  /** The tag of the next member; null at the end. */
  peek(): number | null
  /** @throws VerifyError malformed-der where members are left */
  end(): void
}

/**
 * Takes a constructed element and the tag it must have (SEQUENCE unless told); gives the way through its members.
 * @throws VerifyError malformed-der, also from each step
 */
export function readFields(element: Element, name: string, tag: number = TAG.sequence): Fields {
  expectTag(element, tag, name)
  return new MemberReader(readChildren(element), name)
}

/** A class, as a signature has hundreds of these: closures for each would cost more than the reading. */
class MemberReader implements Fields {
  readonly #members: readonly Element[]
  readonly #name: string
  #next = 0

  constructor(members: readonly Element[], name: string) {
    this.#members = members
    this.#name = name
  }

  take(tag: number, field: string): Element {
    const member = this.#members[this.#next]
    if (!member) throw this.#missing(field)
    if (member.tag !== tag) expectTag(member, tag, `${this.#name}: ${field}`)
    this.#next += 1
    return member
  }

  takeAny(field: string): Element {
    const member = this.#members[this.#next]
    if (!member) throw this.#missing(field)
    this.#next += 1
    return member
  }

  optional(tag: number): Element | null {
    const member = this.#members[this.#next]
    if (member?.tag !== tag) return null
    this.#next += 1
    return member
  }

  rest(): readonly Element[] {
    const left = this.#members.slice(this.#next)
    this.#next = this.#members.length
    return left
  }

  peek(): number | null {
    return this.#members[this.#next]?.tag ?? null
  }

  end(): void {
    if (this.#next < this.#members.length) {
      throw new VerifyError('malformed-der', `${this.#name}: unexpected member`)
    }
  }

  #missing(field: string): VerifyError {
    return new VerifyError('malformed-der', `${this.#name}: ${field} is missing`)
  }
}

/** @throws VerifyError malformed-der where the element has another tag */
export function expectTag(element: Element, tag: number, name: string): void {
  if (element.tag !== tag) {
    const found = element.tag.toString(16)
    throw new VerifyError('malformed-der', `${name}: tag is 0x${found}, not 0x${tag.toString(16)}`)
  }
}

/** Takes an explicitly tagged element; gives the one element inside it. @throws VerifyError malformed-der */
export function readExplicit(element: Element, name: string): Element {
  const [inner, ...others] = readChildren(element)
  if (!inner || others.length > 0) throw new VerifyError('malformed-der', `${name}: explicit tag holds not one element`)
  return inner
}

/** Takes an implicitly tagged element and the tag it stands for; gives it with that tag. */
export function readImplicit(element: Element, tag: number): Element {
  const constructed = (tag & 0x20) !== 0
  if (constructed !== element.constructed && element.rules === 'der') {
    throw new VerifyError('malformed-der', 'implicit tag has the wrong form')
  }
  return element.withTag(element.constructed ? tag | 0x20 : tag)
}

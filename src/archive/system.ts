import type { Actor } from '../model/case.ts'

/** Who does what nobody's hand did. */
export const SYSTEM: Actor = { kind: 'system', id: null, name: null }

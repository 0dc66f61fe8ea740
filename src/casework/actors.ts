import type { Actor } from '../model/case.ts'

/** The gateway itself. */
export const SYSTEM: Actor = { kind: 'system', id: null, name: null }

/** A citizen, known by the case alone: the history holds no names. */
export const citizenOf = (caseId: string): Actor => ({ kind: 'citizen', id: caseId, name: null })

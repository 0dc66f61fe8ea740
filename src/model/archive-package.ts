import type { Instant } from './time.ts'

/** An information package of one case and version, and how far it got at one connector. */
export interface ArchivePackage {
  readonly id: string
  readonly caseId: string
  readonly version: number
  readonly connector: string
  /** Where the connector put it, as the connector names it. */
  readonly location: string | null
  /** SHA-256 of the bag's tag manifest, hex: names the exact bytes. */
  readonly fixity: string | null
  readonly state: 'planned' | 'put' | 'acknowledged' | 'refused'
  readonly acknowledgedAt: Instant | null
  readonly createdAt: Instant
}

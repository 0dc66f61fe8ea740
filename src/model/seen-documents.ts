import { createHash } from 'node:crypto'
import type { Document } from './document.ts'

/**
 * Takes a case's documents; gives what names those that were handed in (hex SHA-256 over their sorted ids). A person
 * decides on what was before them: where a document came in since, this has another value.
 */
export function nameSeenDocuments(documents: readonly Pick<Document, 'id' | 'submissionId'>[]): string {
  const ids = documents.filter(({ submissionId }) => submissionId !== null).map(({ id }) => id)
  return createHash('sha256').update(ids.sort().join('\n')).digest('hex')
}

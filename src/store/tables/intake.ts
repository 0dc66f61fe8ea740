import type { Document, Verification } from '../../model/document.ts'
import type { Reader, Writer } from '../../model/store.ts'
import type { Submission } from '../../model/submission.ts'
import { decode, encode } from '../codec.ts'
import { documentColumns, submissionColumns, verificationColumns } from '../columns.ts'
import type { Db } from '../schema.ts'
import { applyChange, inPieces, orNull, paged } from './rows.ts'

const toSubmission = (row: object): Submission => decode<Submission>(submissionColumns, row)
const toDocument = (row: object): Document => decode<Document>(documentColumns, row)
const toVerification = (row: object): Verification => decode<Verification>(verificationColumns, row)

type Reads =
  | 'submission'
  | 'submissionsOfCase'
  | 'listSubmissions'
  | 'document'
  | 'documentsOfSubmission'
  | 'documentsOfCase'
  | 'verificationsOf'
  | 'broughtIn'

/** Reads of what came in and what the verifier said of it. */
export function intakeReads(db: Db): Pick<Reader, Reads> {
  const submissions = db.selectFrom('submissions').selectAll().orderBy('made')
  const documents = db.selectFrom('documents').selectAll().orderBy('made')
  return {
    submission: async (id) => orNull(await submissions.where('id', '=', id).executeTakeFirst(), toSubmission),
    submissionsOfCase: async (caseId) => (await submissions.where('caseId', '=', caseId).execute()).map(toSubmission),
    listSubmissions: async (filter) => {
      const chosen = filter?.states ? submissions.where('state', 'in', filter.states) : submissions
      return (await paged(chosen, filter).execute()).map(toSubmission)
    },
    document: async (id) => orNull(await documents.where('id', '=', id).executeTakeFirst(), toDocument),
    documentsOfSubmission: async (id) => (await documents.where('submissionId', '=', id).execute()).map(toDocument),
    documentsOfCase: async (caseId) => (await documents.where('caseId', '=', caseId).execute()).map(toDocument),
    verificationsOf: async (documentIds) => {
      const found: Verification[] = []
      for (const ids of inPieces(documentIds)) {
        const newest = db
          .selectFrom('verifications')
          .select((it) => it.fn.max('made').as('made'))
          .where('documentId', 'in', ids)
          .groupBy('documentId')
        const rows = await db
          .selectFrom('verifications')
          .selectAll()
          .where('made', 'in', newest)
          .orderBy('made')
          .execute()
        found.push(...rows.map(toVerification))
      }
      return found
    },
    broughtIn: async (sha256s) => {
      const found: { readonly sha256: string; readonly submissionId: string }[] = []
      for (const piece of inPieces([...new Set(sha256s)])) {
        const rows = await db
          .selectFrom('documents')
          .select(['sha256', 'submissionId'])
          .where('sha256', 'in', piece)
          .where('role', '=', 'attachment')
          .union(
            db
              .selectFrom('broughtCertificates')
              .innerJoin('documents', 'documents.id', 'broughtCertificates.documentId')
              .select(['broughtCertificates.sha256 as sha256', 'documents.submissionId as submissionId'])
              .where('broughtCertificates.sha256', 'in', piece),
          )
          .execute()
        found.push(...rows.flatMap(({ sha256, submissionId }) => (submissionId ? { sha256, submissionId } : [])))
      }
      return found
    },
  }
}

type Writes =
  | 'addSubmission'
  | 'updateSubmission'
  | 'addDocument'
  | 'updateDocument'
  | 'addVerification'
  | 'addBroughtCertificates'
  | 'keepBlob'

/** Writes of what came in. */
export function intakeWrites(db: Db): Pick<Writer, Writes> {
  return {
    addSubmission: async (row) => {
      await db.insertInto('submissions').values(encode(submissionColumns, row)).execute()
    },
    updateSubmission: (id, change) =>
      applyChange('submission', change, (set) =>
        db.updateTable('submissions').set(encode(submissionColumns, set)).where('id', '=', id),
      ),
    addDocument: async (row) => {
      await db.insertInto('documents').values(encode(documentColumns, row)).execute()
    },
    updateDocument: (id, change) =>
      applyChange('document', change, (set) =>
        db.updateTable('documents').set(encode(documentColumns, set)).where('id', '=', id),
      ),
    addVerification: async (row) => {
      await db.insertInto('verifications').values(encode(verificationColumns, row)).execute()
      // The newest verdict takes the place of the one before.
      await db.deleteFrom('anchorsOfDocuments').where('documentId', '=', row.documentId).execute()
      const anchors = row.anchors.map((sha256) => ({ documentId: row.documentId, sha256 }))
      if (anchors.length > 0) await db.insertInto('anchorsOfDocuments').values(anchors).execute()
    },
    addBroughtCertificates: async (documentId, sha256s) => {
      const rows = [...new Set(sha256s)].map((sha256) => ({ documentId, sha256 }))
      if (rows.length === 0) return
      await db
        .insertInto('broughtCertificates')
        .values(rows)
        .onConflict((it) => it.columns(['sha256', 'documentId']).doNothing())
        .execute()
    },
    keepBlob: async ({ sha256, size, inline }) => {
      await db
        .insertInto('blobs')
        .values({ sha256, size, bytes: inline })
        .onConflict((it) => it.column('sha256').doNothing())
        .execute()
    },
  }
}

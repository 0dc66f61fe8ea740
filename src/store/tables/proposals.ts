import type { Reader, Writer } from '../../model/store.ts'
import type { TrustProposal } from '../../model/trust-proposal.ts'
import { decode, encode } from '../codec.ts'
import type { Db } from '../schema.ts'
import { proposalColumns } from '../trust-columns.ts'
import { applyChange, orNull } from './rows.ts'

const toProposal = (row: object): TrustProposal => decode<TrustProposal>(proposalColumns, row)

/** Reads of changes of trust that wait for their confirmation. */
export function proposalReads(db: Db): Pick<Reader, 'proposal' | 'listProposals'> {
  const all = db.selectFrom('trustProposals').selectAll().orderBy('made')
  return {
    proposal: async (id) => orNull(await all.where('id', '=', id).executeTakeFirst(), toProposal),
    listProposals: async (states) =>
      states.length === 0 ? [] : (await all.where('state', 'in', states).execute()).map(toProposal),
  }
}

/** Writes of them. */
export function proposalWrites(db: Db): Pick<Writer, 'addProposal' | 'updateProposal' | 'removeDrafts'> {
  return {
    addProposal: async (row) => {
      await db.insertInto('trustProposals').values(encode(proposalColumns, row)).execute()
    },
    updateProposal: (id, change) =>
      applyChange('proposal', change, (set) =>
        db.updateTable('trustProposals').set(encode(proposalColumns, set)).where('id', '=', id),
      ),
    removeDrafts: async (before) => {
      await db.deleteFrom('trustProposals').where('state', '=', 'draft').where('expiresAt', '<', before).execute()
    },
  }
}

import { newToken } from '../../model/ids.ts'
import type { Clock } from '../../model/time.ts'
import type { SentForm } from '../deps.ts'

/** Forms that wait for their sender's password, in memory: nothing of what was filled in or chosen is lost by that. */
export interface KeptForms {
  /** Keeps a form for its sender; gives the name under which it is had again. */
  keep(form: SentForm, accountId: string): string
  /** Null: none of that name, another's, or too old. */
  take(name: string, accountId: string): SentForm | null
}

const FOR_MS = 15 * 60_000
/** An admin's files, twice as large as a form may be, and a few more forms beside. */
const FORMS_AT_MOST = 50
const BYTES_AT_MOST = 50 * 1024 * 1024

/** Gives room for the forms of one server; the oldest leaves first. */
export function keptForms(clock: Clock): KeptForms {
  const kept = new Map<string, { form: SentForm; accountId: string; until: number; bytes: number }>()
  const makeRoom = (): void => {
    let bytes = [...kept.values()].reduce((sum, one) => sum + one.bytes, 0)
    for (const [name, one] of kept) {
      if (one.until > clock().getTime() && kept.size <= FORMS_AT_MOST && bytes <= BYTES_AT_MOST) return
      bytes -= one.bytes
      kept.delete(name)
    }
  }
  return {
    keep(form, accountId) {
      const name = newToken()
      const bytes = form.files.reduce((sum, file) => sum + file.bytes.length, 0)
      kept.set(name, { form, accountId, until: clock().getTime() + FOR_MS, bytes })
      makeRoom()
      return name
    },
    take(name, accountId) {
      const found = kept.get(name)
      return found && found.accountId === accountId && found.until > clock().getTime() ? found.form : null
    },
  }
}

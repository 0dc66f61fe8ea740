import { LIST_OF_LISTS } from '../../model/trusted-list.ts'
import type { View } from './view.ts'

/** A country's name in the reader's language, of a territory as trusted lists write it: Greece is EL. */
export function territoryName(view: View, territory: string): string {
  if (territory === LIST_OF_LISTS) return view.t.trustedLists.listOfLists
  const code = territory === 'EL' ? 'GR' : territory
  if (!/^[A-Z]{2}$/.test(code)) return territory
  return new Intl.DisplayNames([view.language], { type: 'region' }).of(code) ?? territory
}

import type { VNode } from 'preact'
import type { Texts } from '../texts/da.ts'
import { Badge } from './parts.tsx'
import type { View } from './view.ts'

interface Entry {
  readonly href: string
  readonly label: (t: Texts) => string
  readonly adminOnly?: boolean
}

const PUBLIC: readonly Entry[] = [
  { href: '/', label: (t) => t.nav.front },
  { href: '/send', label: (t) => t.nav.send },
  { href: '/verify', label: (t) => t.nav.verify },
  { href: '/key', label: (t) => t.nav.key },
]

const STAFF: readonly Entry[] = [
  { href: '/staff', label: (t) => t.nav.queue },
  { href: '/staff/all', label: (t) => t.nav.all },
  { href: '/staff/outbox', label: (t) => t.nav.outbox },
  { href: '/staff/archive', label: (t) => t.nav.archive },
  { href: '/staff/set-aside', label: (t) => t.setAside.title },
  { href: '/staff/jobs', label: (t) => t.nav.jobs, adminOnly: true },
  { href: '/staff/roots', label: (t) => t.nav.roots, adminOnly: true },
  { href: '/staff/lists', label: (t) => t.trustedLists.title, adminOnly: true },
  { href: '/staff/keys', label: (t) => t.ownKeys.title, adminOnly: true },
  { href: '/staff/seal', label: (t) => t.seal.title, adminOnly: true },
  { href: '/staff/settings/closing-days', label: (t) => t.nav.closingDays, adminOnly: true },
  { href: '/staff/accounts', label: (t) => t.nav.accounts, adminOnly: true },
  { href: '/staff/history', label: (t) => t.nav.history, adminOnly: true },
]

/** The links under the header: the citizen's, or those of the signed-in person's role. */
export function Navigation({ view }: { readonly view: View }): VNode {
  const entries = view.staff ? STAFF.filter((e) => !e.adminOnly || view.staff?.role === 'admin') : PUBLIC
  return (
    <nav class="navigation-menu" aria-label={view.t.frame.navigation}>
      <div class="container container-wide">
        <ul>
          {entries.map((entry) => (
            <li>
              <a href={entry.href} aria-current={view.section === entry.href ? 'page' : undefined}>
                {entry.label(view.t)}
              </a>
            </li>
          ))}
          <Stuck view={view} />
        </ul>
      </div>
    </nav>
  )
}

/** What waits for a person, on every page: an admin is led to it, a caseworker is told whom to ask. */
function Stuck({ view }: { readonly view: View }): VNode | null {
  const { staff, t } = view
  if (!staff) return null
  const { deadJobs, unsentLetters } = staff.stuck
  const jobs = <Badge kind="error" text={t.stuck.jobs(deadJobs)} />
  return (
    <>
      {deadJobs > 0 ? <li>{staff.role === 'admin' ? <a href="/staff/jobs">{jobs}</a> : jobs}</li> : null}
      {unsentLetters > 0 ? (
        <li>
          <a href="/staff/outbox">
            <Badge kind="error" text={t.stuck.letters(unsentLetters)} />
          </a>
        </li>
      ) : null}
    </>
  )
}

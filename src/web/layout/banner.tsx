import type { VNode } from 'preact'
import type { DemoHints } from '../deps.ts'
import type { View } from './view.ts'

/** Demo only: says that nothing leaves this machine, with ready sign-ins and links. */
export function Banner({ view, hints }: { readonly view: View; readonly hints: DemoHints }): VNode {
  const { t } = view
  const citizens = hints.citizens ?? []
  const empty = hints.signIns.length + citizens.length + hints.links.length === 0
  return (
    <aside class="demo-banner" aria-label={t.demo.label}>
      <div class="container container-wide">
        <p>
          <strong>{t.demo.label}:</strong> {t.demo.nothingLeaves}
        </p>
        {empty ? null : (
          <details>
            <summary>{t.demo.hints}</summary>
            {hints.signIns.length > 0 ? (
              <ul>
                {hints.signIns.map((signIn) => (
                  <li>
                    {signIn.who}: <a href="/staff/sign-in">{t.demo.signIn}</a> <code>{signIn.username}</code> /{' '}
                    <code>{signIn.password}</code>
                  </li>
                ))}
              </ul>
            ) : null}
            {citizens.length > 0 ? (
              <ul>
                {citizens.map((citizen) => (
                  <li>
                    {citizen.who}: <a href={citizen.trackingHref}>{t.demo.tracking}</a>. {t.demo.typeAddress}{' '}
                    <code>{citizen.email}</code>; <a href={citizen.codeHref}>{t.demo.codeStands}</a>
                  </li>
                ))}
              </ul>
            ) : null}
            {hints.links.length > 0 ? (
              <ul>
                {hints.links.map((link) => (
                  <li>
                    <a href={link.href}>{link.label[view.language]}</a>
                  </li>
                ))}
              </ul>
            ) : null}
          </details>
        )}
      </div>
    </aside>
  )
}

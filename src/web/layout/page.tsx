import type { ComponentChildren, VNode } from 'preact'
import { Banner } from './banner.tsx'
import { Navigation } from './navigation.tsx'
import type { View } from './view.ts'

/**
 * The frame of every page: skip link, banner, header with language choice, navigation, main, footer.
 * @param title stands in the browser's tab; heading is the page's h1 unless the page brings its own
 */
export function Page(props: {
  readonly view: View
  readonly title: string
  /** The line under the heading. */
  readonly lead?: ComponentChildren
  /** Tables and cases use the whole width. */
  readonly wide?: boolean
  /** Keeps the page out of search engines. */
  readonly noindex?: boolean
  /** The one script that the page works better with; the reply's policy names its nonce. */
  readonly script?: { readonly address: string; readonly nonce: string }
  readonly children?: ComponentChildren
}): VNode {
  const { view, title } = props
  const { t, municipality } = view
  return (
    <html lang={view.language}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} – ${municipality.name}`}</title>
        {props.noindex ? <meta name="robots" content="noindex, nofollow" /> : null}
        <meta name="color-scheme" content="light" />
        <link rel="stylesheet" href={view.stylesheet} />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        {props.script ? <script src={props.script.address} nonce={props.script.nonce} defer /> : null}
      </head>
      <body>
        <a class="skipnav" href="#main">
          {t.frame.skip}
        </a>
        {view.demo ? <Banner view={view} hints={view.demo} /> : null}
        <Header view={view} />
        <main id="main" class={props.wide ? 'container container-wide' : 'container'} tabIndex={-1}>
          <h1>{title}</h1>
          {props.lead ? <p class="lead">{props.lead}</p> : null}
          {props.children}
        </main>
        <Footer view={view} />
      </body>
    </html>
  )
}

function Header({ view }: { readonly view: View }): VNode {
  const { t, municipality } = view
  return (
    <header class="header">
      <div class="portal-info">
        <div class="container container-wide portal-info-inner">
          <a class="logo" href={view.staff ? '/staff' : '/'}>
            {municipality.name}
          </a>
          <div class="portal-user">
            {view.staff ? <SignOut view={view} name={view.staff.name} csrf={view.staff.csrf} /> : null}
            <LanguageChoice view={view} />
          </div>
        </div>
      </div>
      <div class="solution-info">
        <div class="container container-wide">
          <p class="solution-heading">{view.staff ? t.frame.staffSolution : t.frame.solution}</p>
        </div>
      </div>
      <Navigation view={view} />
    </header>
  )
}

function SignOut(props: { readonly view: View; readonly name: string; readonly csrf: string }): VNode {
  return (
    <form method="post" action="/staff/sign-out" class="sign-out">
      <span class="user">{props.name}</span>
      <input type="hidden" name="csrf" value={props.csrf} />
      <button type="submit" class="button button-unstyled">
        {props.view.t.frame.signOut}
      </button>
    </form>
  )
}

function LanguageChoice({ view }: { readonly view: View }): VNode {
  const other = view.language === 'da' ? 'en' : 'da'
  return (
    <a
      class="language"
      href={`${view.search}${view.search === '' ? '?' : '&'}lang=${other}`}
      lang={other}
      hreflang={other}
    >
      {view.t.frame.otherLanguage}
    </a>
  )
}

function Footer({ view }: { readonly view: View }): VNode {
  const { t, municipality } = view
  return (
    <footer class="footer">
      <div class="container container-wide footer-inner">
        <div>
          <p class="footer-name">{municipality.name}</p>
          <p>
            CVR {municipality.cvr}
            {municipality.phone ? ` · ${t.frame.phone} ${municipality.phone}` : ''}
          </p>
          <p>
            <a href={`mailto:${municipality.mailAddress}`}>{municipality.mailAddress}</a>
          </p>
        </div>
        <ul class="footer-links">
          <li>
            <a href="/key">{t.nav.key}</a>
          </li>
          <li>
            <a href="/verify">{t.nav.verify}</a>
          </li>
          <li>
            <a href="/staff">{t.nav.staff}</a>
          </li>
        </ul>
      </div>
    </footer>
  )
}

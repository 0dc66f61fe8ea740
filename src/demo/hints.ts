import type { DemoHints } from '../web/index.ts'
import type { People } from './people.ts'

const OUTBOX = '/staff/outbox'

/**
 * Gives what the demo's pages offer to try: sign-ins, Kai's page once his case is there, and where to look.
 * @param tracking the link in Kai's receipt; null until he has it
 */
export function demoHints(people: People | null, tracking: string | null): DemoHints {
  const trackingHref = tracking === null ? null : new URL(tracking).pathname
  return {
    signIns: (people?.staff ?? []).map(({ displayName, username, password }) => ({
      who: displayName,
      username,
      password,
    })),
    citizens:
      people && trackingHref
        ? [{ who: people.kai.name, email: people.kai.address, trackingHref, codeHref: OUTBOX }]
        : [],
    links: [
      { label: { da: 'Forsiden', en: 'Front page' }, href: '/' },
      ...(trackingHref ? [{ label: { da: 'Kais sag', en: "Kai's case" }, href: trackingHref }] : []),
      { label: { da: 'Køen', en: 'The queue' }, href: '/staff' },
      { label: { da: 'Udbakken', en: 'The outbox' }, href: OUTBOX },
      { label: { da: 'Rodcertifikater (administrator)', en: 'Root certificates (admin)' }, href: '/staff/roots' },
      { label: { da: 'Arkivet', en: 'The archive' }, href: '/staff/archive' },
    ],
  }
}

import type { apiTokensDa } from './da-api-tokens.ts'

/** The same in English. */
export const apiTokensEn: typeof apiTokensDa = {
  title: 'Other systems',
  lead: 'Each system that sends for citizens has a token of its own for the API. A system sees what it sent itself, and nothing else.',
  name: 'System',
  nameHint: 'For example “Self-service, building”.',
  days: 'Good for how many days',
  daysHint: '1 to 3650.',
  made: 'Made',
  expires: 'Good until',
  lastUsed: 'Last used',
  never: 'never',
  state: 'State',
  inForce: 'In force',
  ended: 'Ended',
  revoked: 'Taken out of use',
  revoke: 'Take out of use',
  make: 'Make a new one',
  madeFor: (name) => `The token of ${name}`,
  once: 'It is shown this once. Give it to the system, and keep it nowhere else.',
  empty: 'No other system can send yet.',
}

import type { preservationDa } from './da-preservation.ts'

/** What pages say in English of time-stamps over what is kept. */
export const preservationEn: typeof preservationDa = {
  preservation: {
    heading: 'Time-stamps',
    none: 'No time-stamping authority is chosen in the configuration. Nothing is lost, but once certificates have ended, nobody but the municipality can check the old signatures.',
    authority: 'Time-stamping authority',
    held: 'Cases with a time-stamp that holds',
    without: 'Decided cases without',
    due: 'Cases whose time-stamp is to be renewed now',
    firstEnd: 'The first holds until',
    nothingYet: 'There are none yet',
    lastRun: 'Last tried',
    stampedThen: (count: number) => (count === 1 ? '1 case time-stamped' : `${count} cases time-stamped`),
    fault: 'Nothing can be time-stamped',
    faultText: 'It is tried again by itself. What the authority or we say:',
    failed: 'Something of these cases stands against a time-stamp',
    tooLate: 'No: the one before had ended. The new one proves only that everything was here at its own time.',
    stamped: 'Time-stamped by',
    holdsUntil: 'Holds until',
    ended: 'Ended',
    number: (seq: number) => `no. ${seq}`,
    forCitizen: (authority: string) => `What the municipality keeps in your case is time-stamped by ${authority}.`,
    holdsForCitizen: 'That holds until',
    renewed: 'The municipality renews it before it ends.',
  },
}

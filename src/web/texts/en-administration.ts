import type { administrationDa } from './da-administration.ts'

/** What pages say in English of the gateway itself. */
export const administrationEn: typeof administrationDa = {
  stuck: {
    jobs: (count) => `${count} ${count === 1 ? 'job needs' : 'jobs need'} an admin`,
    letters: (count) => `${count} ${count === 1 ? 'letter has' : 'letters have'} reached nobody`,
    heading: 'Something is stuck',
    jobsText:
      'Behind a job there may be a submission that the citizen has an acknowledgement of and that is no case yet.',
    lettersText:
      'The letters belong to cases that are not answered. See why they could not be sent, and reach the citizen another way.',
    toJobs: 'See the jobs',
    toLetters: 'See the outbox',
  },
  adminHistory: {
    title: 'Events',
    lead: 'What was done to the system itself: accounts, sign-ins, closing days and jobs. Nothing of it can be changed or removed on these pages.',
    when: 'When',
    who: 'Who',
    what: 'What',
    details: 'Details',
    empty: 'There are no events yet.',
    unknownAccount: 'unknown user name',
  },
  adminEvents: {
    'account-invited': 'Account invited',
    'account-link-renewed': 'New link for a password',
    'account-password-set': 'Password chosen',
    'account-disabled': 'Account disabled',
    'account-enabled': 'Account enabled again',
    'signed-in': 'Signed in',
    'sign-in-refused': 'Sign-in refused',
    'signed-out': 'Signed out',
    'job-retried': 'Job run again',
    'closing-day-added': 'Closing day added',
    'closing-day-removed': 'Closing day removed',
  },
}

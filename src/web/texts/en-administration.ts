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
  link: {
    title: 'Links to the case',
    toPage: 'Take links back, or send a new one',
    lead: (number) => `Case ${number}`,
    inForce: (count) =>
      `${count} ${count === 1 ? 'link' : 'links'} to follow the case ${count === 1 ? 'works' : 'work'} now.`,
    revokeTitle: 'Take all links back',
    revokeText:
      'Do so where a link may have come to others. All links to follow the case stop working at once. Links to stamped copies still hold.',
    reason: 'Why?',
    reasonHint: "Stands in the case's history. The citizen does not see it.",
    revoke: 'Take back',
    revoked: 'All links were taken back.',
    reasonMissing: 'Say why.',
    sendTitle: 'Send a new link',
    sendTo: (email) => `Send a new link to ${email}`,
    sendText: 'The letter goes the way of other letters to the party, encrypted where that was chosen.',
    sent: 'The letter with a new link is on its way.',
    nobody: 'No party of the case can be sent a link by mail. Call them, or write on paper.',
  },
  catalogue: {
    title: 'Came with the system',
    text: 'Issuers whose fingerprint was taken and confirmed in two places. None of them counts before it is enabled here.',
    empty: 'No issuers came with this version.',
    broken: 'The list of issuers that came along cannot be read. None of them can be enabled.',
    confirmedBy: 'Confirmed by',
    enable: 'Enable',
    present: "Is on the municipality's list already",
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

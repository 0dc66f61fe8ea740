import type { sendingDa } from './da-sending.ts'

/** The same in English. */
export const sendingEn: typeof sendingDa = {
  empty: 'empty file',
  remove: 'Remove',
  removeNamed: 'Remove {name}',
  tooLarge: 'The files are {total} in all. We can take {max} at a time. Remove some, and send the rest afterwards.',
  sending: 'Sending your documents. Please leave this page open.',
  sendingAgain: 'Trying again.',
  percent: '{percent} % sent',
  storing: 'Everything is sent. We are storing it now.',
  stored: 'It is stored. You will come to your case in a moment.',
  broken: 'The connection broke. We try again in {seconds} seconds. It will not become two cases.',
  gaveUp: 'We cannot get through at the moment. Check your connection and try again. It will not become two cases.',
  refused: 'It was not received.',
  again: 'Try again now',
  cancel: 'Cancel',
}

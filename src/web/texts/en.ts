import type { Texts } from './da.ts'
import { administrationEn } from './en-administration.ts'
import { apiTokensEn } from './en-api-tokens.ts'
import { citizenEn } from './en-citizen.ts'
import { deliveryEn } from './en-delivery.ts'
import { guardEn } from './en-guard.ts'
import { historyEn } from './en-history.ts'
import { keysEn } from './en-keys.ts'
import { listsEn } from './en-lists.ts'
import { preservationEn } from './en-preservation.ts'
import { sealEn } from './en-seal.ts'
import { sendingEn } from './en-sending.ts'
import { staffEn } from './en-staff.ts'

/** All that pages say in English. */
export const en: Texts = {
  ...staffEn,
  ...deliveryEn,
  ...administrationEn,
  ...citizenEn,
  ...guardEn,
  ...historyEn,
  ...keysEn,
  ...listsEn,
  ...preservationEn,
  ...sealEn,
  yes: 'yes',
  lists: { pages: 'More pages', previous: 'Previous', next: 'Next' },
  frame: {
    skip: 'Skip to the content',
    solution: 'Digital submissions',
    staffSolution: 'Casework',
    navigation: 'Pages',
    otherLanguage: 'Dansk',
    signOut: 'Sign out',
    phone: 'Telephone',
  },
  nav: {
    front: 'Home',
    send: 'Send to the municipality',
    verify: 'Check a file',
    key: 'Our key',
    staff: 'For staff',
    queue: 'Queue',
    all: 'All cases',
    outbox: 'Outbox',
    archive: 'Archive',
    jobs: 'Failed jobs',
    roots: 'Root certificates',
    closingDays: 'Closing days',
    accounts: 'Accounts',
    history: 'Events',
  },
  demo: {
    label: 'Demonstration',
    nothingLeaves: 'Nothing leaves this machine. Mail stays in the outbox, and the municipality does not exist.',
    hints: 'Sign-ins and links to try',
    signIn: 'sign in with',
    tracking: 'follow the case',
    typeAddress: 'Ask for a one-time code to',
    codeStands: 'the code is in the outbox',
  },
  front: {
    title: 'Send signed documents to the municipality',
    lead: 'We check the signature at once, send a receipt straight away, and show you where your case is all the way.',
    send: 'Send documents',
    errands: 'What is it about?',
    answerWithin: (days) => `Answered within ${days} working ${days === 1 ? 'day' : 'days'} of receipt.`,
    byPage: 'Send on this page',
    byMail: 'or by mail to',
    whatHappens: 'What happens',
    steps: [
      { title: 'You send.', text: 'On this page or by mail. Your files are kept exactly as you sent them.' },
      { title: 'You get a receipt.', text: 'With a link that lets you follow the case like a parcel.' },
      {
        title: 'We check.',
        text: 'If the document is signed, we see who signed it and whether anything changed since.',
      },
      {
        title: 'A caseworker decides.',
        text: 'You get an answer that is stamped and sealed, so that everybody can see it is genuine.',
      },
    ],
    safeTitle: 'Do you want to write encrypted?',
    safeText: 'Whoever writes to us encrypted is always answered encrypted. You need',
    safeLink: "the municipality's key",
  },
  send: {
    title: 'Send to the municipality',
    lead: 'Attach your documents. You get a receipt and a link as soon as we have stored them.',
    caseType: 'Type of case',
    subject: 'What is it about? (optional)',
    subjectHint: 'Short, for example an address. It becomes the title of the case. Do not write a CPR number here.',
    name: 'Your name',
    email: 'Your e-mail address',
    emailHint: 'The receipt goes here, and so does a one-time code when you want to see your documents.',
    message: 'Message (optional)',
    messageHint: 'Do not write a CPR number here.',
    files: 'Documents',
    filesHint: (max) => `PDF if you can. You can choose several. At most ${max} in all.`,
    note: 'When you send, we keep your message and files in the case, unchanged.',
    submit: 'Send',
  },
  apiTokens: apiTokensEn,
  sending: sendingEn,
  key: {
    title: "The municipality's key",
    lead: 'With this OpenPGP key you can write to us encrypted and check our signature.',
    fingerprint: 'Fingerprint',
    address: 'Belongs to',
    download: 'Download the key (key.asc)',
    howTitle: 'How to use it',
    how: [
      'Download the file and import it into your mail program, for example Thunderbird.',
      'Compare the fingerprint with the one on this page.',
      'Attach your own public key when you write. Then we answer encrypted.',
    ],
    show: 'Show the key as text',
    none: 'The municipality has no key yet.',
  },
  verify: {
    title: 'Check a file',
    lead: 'Choose a file, and see whether it is signed or sealed, by whom, and whether it was changed since. We do not keep it.',
    asks: 'Whether a certificate is revoked, we ask its issuer. The issuer learns which certificate it is about, and does not get the file.',
    asksNobody:
      'We ask nobody else. Whether a certificate is revoked, we therefore know only where the file itself holds the answer.',
    file: 'File',
    fileHint: 'At most 25 MB.',
    submit: 'Check',
    technical: 'The whole report (JSON)',
  },
  reports: {
    fileName: 'verification-report',
    formats: { pdf: 'PDF', xml: 'ETSI XML', json: 'JSON' },
    download: (format: string) => `Download report (${format})`,
    named: (name: string, format: string) => `Download report (${format}) on ${name}`,
  },
  genuine: {
    title: 'Is the document genuine?',
    approved: (municipality) => `${municipality} approved this case`,
    compare: 'Compare the case number and the date with those in the stamp on the document.',
    caseNumber: 'Case number',
    decidedAt: 'Approved',
    copy: 'SHA-256 of the stamped copy',
    original: 'SHA-256 of the original',
    checkFile: "If you have the file, you can check the municipality's seal here:",
    notApproved: 'The municipality knows this link, but the case is not approved.',
  },
  indication: {
    'TOTAL-PASSED': 'In order',
    INDETERMINATE: 'Cannot be decided',
    'TOTAL-FAILED': 'Not in order',
    'NO-SIGNATURE': 'Not signed',
    ERROR: 'Cannot be read',
  },
  signatureIndication: { 'TOTAL-PASSED': 'Signature in order', 'TOTAL-FAILED': 'Signature not in order' },
  sealIndication: { 'TOTAL-PASSED': 'Seal in order', 'TOTAL-FAILED': 'Seal not in order' },
  documentRoles: {
    message: 'What you sent, as it came',
    attachment: 'Original',
    body: "The message's text",
    opened: 'Opened mail',
    rendition: 'Archival copy',
    approved: 'Approved copy with stamp and seal',
    letter: 'Letter from the municipality',
  },
  letterKinds: {
    receipt: 'Receipt',
    decision: 'Decision',
    'one-time-code': 'One-time code',
    'key-code': 'Code for a key',
    notice: 'Notice',
  },
  deliveryStates: {
    planned: 'Planned',
    'handing-over': 'Being handed over',
    accepted: 'Handed over',
    kept: 'Kept in the outbox',
    available: 'Ready on the page',
    refused: 'Refused',
    waiting: 'Waiting for another try',
    unsendable: 'Cannot be sent',
  },
  problems: {
    code: 'Code',
    toFront: 'To the front page',
    newForm: 'Open the form again',
    byStatus: {
      internal: {
        title: 'Something went wrong on our side',
        text: 'It is not your fault. It is on record, and you can try again in a while.',
      },
      unusable: { title: 'We cannot use this', text: 'The file or the details cannot be read. Nothing was changed.' },
    },
    byCode: {
      'not-found': {
        title: 'There is no such page',
        text: 'The link is wrong, expired or revoked. Check that you have the whole link.',
      },
      gone: {
        title: 'This link is no longer valid',
        text: 'The form or invitation was used or is too old. Nothing was received.',
      },
      'idempotency-key-reused': {
        title: 'The key was used',
        text: 'This Idempotency-Key was used for other content. Use a new one for what is new.',
      },
      'too-large': {
        title: 'That is too large',
        text: 'The files are larger than we can take. Nothing was kept. Send fewer at a time, or make them smaller.',
      },
      'storage-unavailable': {
        title: 'We cannot take anything right now',
        text: 'Nothing was received. Try again in a few minutes; your form is still there when you go back.',
      },
      'storage-full': {
        title: 'We cannot take anything right now',
        text: 'Nothing was received. Try again later, or call the municipality.',
      },
      'rate-limited': { title: 'Too many tries', text: 'Wait a while and try again. Others can still use the page.' },
      busy: {
        title: 'There are many just now',
        text: 'The file was not received. Try again in a moment.',
      },
      forbidden: {
        title: 'You may not do this',
        text: 'Your role does not allow it, or the form came from another site. Open the page again and try from there.',
      },
      unauthenticated: { title: 'You are not signed in', text: 'Sign in and try again. Nothing was changed.' },
      'wrong-state': {
        title: 'That cannot be done now',
        text: 'Somebody did it meanwhile, or it belongs to another step. See how things stand now.',
      },
      'invalid-request': {
        title: 'Something is missing',
        text: 'Not everything is filled in as it should be. Go back and look through the fields.',
      },
      'private-key-refused': {
        title: 'The file holds a private key',
        text: 'The file was not kept. A private key must never be sent; if it is yours, take it as known to others.',
      },
      'not-a-ca': {
        title: 'It is no issuer',
        text: 'A certificate that may not issue others vouches for nobody. Take the certificate of the CA that issued it.',
      },
      'managed-by-configuration': {
        title: 'It stands in the configuration',
        text: "The certificate was put in force by the gateway's configuration file, and is changed there, not on the page.",
      },
      'managed-by-list': {
        title: 'It comes with a trusted list',
        text: 'The certificate follows a trusted list and would come back with it. Disable it, or take the list out of use.',
      },
      'list-refused': {
        title: 'The list was not put in use',
        text: 'It is no trusted list, or its signature does not hold.',
      },
      'wrong-fingerprint': {
        title: 'The fingerprint does not fit',
        text: "What you typed is not the certificate's full SHA-256 fingerprint of 64 digits. The municipality does not trust it. Ask the issuer again, and type what it tells you.",
      },
      'malformed-der': {
        title: 'The file is not a certificate',
        text: 'Choose X.509 certificates in PEM, DER or PKCS #7, or a ZIP of them.',
      },
      'too-many-parts': {
        title: 'There is too much in it',
        text: 'The file holds more parts than are taken. Divide it.',
      },
      duplicate: { title: 'It is here already', text: 'Nothing was changed.' },
      'fetch-refused': {
        title: 'We do not fetch this',
        text: 'The address belongs to a closed network or leads on to a wrong place, or the answer is too large. Nothing was fetched.',
      },
      'fetch-failed': {
        title: 'Another server did not answer',
        text: 'What should be fetched did not come, or could not be used. Try again in a while.',
      },
      'child-timeout': {
        title: 'The file took too long',
        text: 'The check was ended because the file needed more than a file may. It was not judged.',
      },
      'child-memory': {
        title: 'The file needed too much',
        text: 'The check was ended because the file needed more than a file may. It was not judged.',
      },
    },
  },
}

import type { Decision } from '../model/case.ts'
import type { Settings } from '../model/settings.ts'
import type { Day, Language } from '../model/time.ts'

export interface LetterText {
  /** Never more than the case number: subjects are not encrypted everywhere. */
  readonly subject: string
  readonly body: string
}

type Municipality = Settings['municipality']

const MAX_VERDICTS = 5

/** Takes a day; gives it as people of that language write it: "1. december 2026", "1 December 2026". */
export function writtenDay(day: Day, language: Language): string {
  const format = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(language === 'da' ? 'da-DK' : 'en-GB', format).format(new Date(`${day}T00:00:00Z`))
}

export interface ReceiptFacts {
  readonly caseNumber: string
  readonly municipality: Municipality
  readonly trackingUrl: string
  readonly dueOn: Day
  readonly fileCount: number
  /** One sentence for each PDF, in the order of the mail. */
  readonly verdicts: readonly string[]
  /** The mail or form could not be read. */
  readonly unreadable: boolean
  /** What of it has to come again, in whole sentences. */
  readonly asked: readonly string[]
  /** The number of the case that it was meant for, where that was decided before it came; else null. */
  readonly continues: string | null
}

/** The receipt: what we have, what we think of it, when the answer comes, and how to write again. */
export function receiptText(language: Language, facts: ReceiptFacts): LetterText {
  return language === 'da' ? receiptDa(facts) : receiptEn(facts)
}

function receiptDa(facts: ReceiptFacts): LetterText {
  const { caseNumber, municipality } = facts
  const files = facts.fileCount === 1 ? 'én fil' : `${facts.fileCount} filer`
  const what = facts.unreadable
    ? 'Tak for din henvendelse. Vi har modtaget den og gemt den, men vores system kunne ikke læse den. En medarbejder ser på den. Du kan også sende den igen, gerne med dokumentet som PDF.'
    : facts.fileCount === 0
      ? 'Tak for din henvendelse. Vi har modtaget den. Der var ingen filer med.'
      : `Tak for din henvendelse. Vi har modtaget den sammen med ${files}.`
  return {
    subject: `Kvittering: sag ${caseNumber}`,
    body: letter([
      'Hej',
      what,
      facts.continues &&
        `Du føjede det til sag ${facts.continues}, men den var afgjort, da vi havde kontrolleret det. Derfor er det blevet en ny sag.`,
      verdictLines(facts.verdicts, 'Dokument', (n) => `… og ${n} mere. Du kan se dem alle på siden.`),
      ...facts.asked,
      `Din sag har nummer ${caseNumber}. Du får svar senest ${writtenDay(facts.dueOn, 'da')}.`,
      `Følg sagen her:\n${facts.trackingUrl}`,
      `Vil du skrive til os igen, så svar på denne mail eller skriv sagsnummeret med.${callDa(municipality)}`,
      `Venlig hilsen\n${municipality.name}`,
    ]),
  }
}

function receiptEn(facts: ReceiptFacts): LetterText {
  const { caseNumber, municipality } = facts
  const files = facts.fileCount === 1 ? 'one file' : `${facts.fileCount} files`
  const what = facts.unreadable
    ? 'Thank you for writing to us. We have received your message and kept it, but our system could not read it. A member of staff will look at it. You may also send it again, with the document as a PDF if you can.'
    : facts.fileCount === 0
      ? 'Thank you for writing to us. We have received your message. There were no files with it.'
      : `Thank you for writing to us. We have received your message together with ${files}.`
  return {
    subject: `Receipt: case ${caseNumber}`,
    body: letter([
      'Hello',
      what,
      facts.continues &&
        `You added it to case ${facts.continues}, but that was decided by the time we had checked it. So it has become a new case.`,
      verdictLines(facts.verdicts, 'Document', (n) => `… and ${n} more. You can see them all on the page.`),
      ...facts.asked,
      `Your case has the number ${caseNumber}. You will have an answer by ${writtenDay(facts.dueOn, 'en')}.`,
      `Follow your case here:\n${facts.trackingUrl}`,
      `To write to us again, answer this mail or mention the case number.${callEn(municipality)}`,
      `Kind regards\n${municipality.name}`,
    ]),
  }
}

/** The short receipt for what was added to a case: what came, what we think of it, and that the answer's day stays. */
export function additionText(language: Language, facts: Omit<ReceiptFacts, 'continues'>): LetterText {
  const { caseNumber, municipality, fileCount, verdicts, unreadable } = facts
  const day = writtenDay(facts.dueOn, language)
  if (language === 'da') {
    const what = fileCount === 0 ? 'din besked' : fileCount === 1 ? 'én fil' : `${fileCount} filer`
    return {
      subject: `Kvittering: tilføjet til sag ${caseNumber}`,
      body: letter([
        'Hej',
        unreadable
          ? `Vi har gemt det, du føjede til sag ${caseNumber}, men vores system kunne ikke læse det. En medarbejder ser på det.`
          : `Vi har modtaget ${what} og føjet det til sag ${caseNumber}.`,
        verdictLines(verdicts, 'Dokument', (n) => `… og ${n} mere. Du kan se dem alle på siden.`),
        ...facts.asked,
        `Du får stadig svar senest ${day}.`,
        `Følg sagen her:\n${facts.trackingUrl}`,
        `Venlig hilsen\n${municipality.name}`,
      ]),
    }
  }
  const what = fileCount === 0 ? 'your message' : fileCount === 1 ? 'one file' : `${fileCount} files`
  return {
    subject: `Receipt: added to case ${caseNumber}`,
    body: letter([
      'Hello',
      unreadable
        ? `We have kept what you added to case ${caseNumber}, but our system could not read it. A member of staff will look at it.`
        : `We have received ${what} and added it to case ${caseNumber}.`,
      verdictLines(verdicts, 'Document', (n) => `… and ${n} more. You can see them all on the page.`),
      ...facts.asked,
      `You will still have an answer by ${day}.`,
      `Follow your case here:\n${facts.trackingUrl}`,
      `Kind regards\n${municipality.name}`,
    ]),
  }
}

export interface DecisionFacts {
  readonly caseNumber: string
  readonly municipality: Municipality
  readonly trackingUrl: string
  readonly decision: Decision
  readonly reason: string | null
  readonly decidedBy: string
  /** Where anybody can check an approved copy; null where there is none. */
  readonly genuineUrl: string | null
  readonly copies: number
}

/** The decision: what was decided, why, what comes with it, and where to turn. */
export function decisionText(language: Language, facts: DecisionFacts): LetterText {
  const subject = language === 'da' ? `Afgørelse: sag ${facts.caseNumber}` : `Decision: case ${facts.caseNumber}`
  return { subject, body: language === 'da' ? decisionDa(facts) : decisionEn(facts) }
}

function decisionDa(facts: DecisionFacts): string {
  const approved = facts.decision === 'approved'
  const copies = facts.copies === 1 ? 'Den godkendte kopi er' : `De ${facts.copies} godkendte kopier er`
  return letter([
    'Hej',
    approved
      ? `Vi har godkendt din sag ${facts.caseNumber}.`
      : `Vi har behandlet din sag ${facts.caseNumber} og kan desværre ikke godkende den.`,
    facts.reason && `${approved ? 'Bemærkning' : 'Begrundelse'}:\n${facts.reason}`,
    approved &&
      `${copies} stemplet og forseglet af ${facts.municipality.name}. Dit eget dokument er gemt uændret ved siden af.`,
    facts.genuineUrl &&
      `Nogle PDF-programmer kender ikke kommunens segl og skriver, at det er ukendt. Enhver kan se her, at kopien er ægte:\n${facts.genuineUrl}`,
    `Se sagen og hent dokumenterne her:\n${facts.trackingUrl}`,
    approved
      ? `Har du spørgsmål, så skriv til os med sagsnummeret.${callDa(facts.municipality)}`
      : `Er du uenig, eller mangler vi noget, så skriv til os med sagsnummeret.${callDa(facts.municipality)}`,
    `Venlig hilsen\n${facts.decidedBy}\n${facts.municipality.name}`,
  ])
}

function decisionEn(facts: DecisionFacts): string {
  const approved = facts.decision === 'approved'
  const copies = facts.copies === 1 ? 'The approved copy is' : `The ${facts.copies} approved copies are`
  return letter([
    'Hello',
    approved
      ? `We have approved your case ${facts.caseNumber}.`
      : `We have considered your case ${facts.caseNumber} and are sorry that we cannot approve it.`,
    facts.reason && `${approved ? 'Note' : 'Reason'}:\n${facts.reason}`,
    approved &&
      `${copies} stamped and sealed by ${facts.municipality.name}. Your own document is kept unchanged beside it.`,
    facts.genuineUrl &&
      `Some PDF programs do not know the municipality’s seal and call it unknown. Anybody can check here that the copy is genuine:\n${facts.genuineUrl}`,
    `See your case and fetch the documents here:\n${facts.trackingUrl}`,
    approved
      ? `If you have questions, write to us and mention the case number.${callEn(facts.municipality)}`
      : `If you disagree, or we lack something, write to us and mention the case number.${callEn(facts.municipality)}`,
    `Kind regards\n${facts.decidedBy}\n${facts.municipality.name}`,
  ])
}

/** The mail with the one-time code: short, and it says what to do for whoever did not ask. */
export function codeText(
  language: Language,
  facts: {
    readonly caseNumber: string
    readonly code: string
    readonly minutes: number
    readonly municipality: Municipality
  },
): LetterText {
  const { caseNumber, code, minutes, municipality } = facts
  if (language === 'da') {
    return {
      subject: `Engangskode: sag ${caseNumber}`,
      body: letter([
        'Hej',
        `Din engangskode er ${code}`,
        `Den gælder i ${minutes} minutter, én gang, i den browser hvor du bad om den.`,
        'Har du ikke bedt om en kode, skal du ikke gøre noget. Giv aldrig koden til andre; vi spørger aldrig efter den.',
        `Venlig hilsen\n${municipality.name}`,
      ]),
    }
  }
  return {
    subject: `One-time code: case ${caseNumber}`,
    body: letter([
      'Hello',
      `Your one-time code is ${code}`,
      `It is valid for ${minutes} minutes, once, in the browser in which you asked for it.`,
      'If you did not ask for a code, you need not do anything. Never give the code to anybody; we never ask for it.',
      `Kind regards\n${municipality.name}`,
    ]),
  }
}

/** The mail with the code that proves a key: it goes out encrypted to that key alone. */
export function keyCodeText(
  language: Language,
  facts: {
    readonly caseNumber: string
    readonly code: string
    readonly fingerprint: string
    readonly minutes: number
    readonly municipality: Municipality
  },
): LetterText {
  const { caseNumber, code, minutes, municipality } = facts
  const fingerprint = facts.fingerprint.toUpperCase().replace(/(.{4})(?=.)/g, '$1 ')
  if (language === 'da') {
    return {
      subject: `Kode til din nøgle: sag ${caseNumber}`,
      body: letter([
        'Hej',
        `Koden til din nøgle er ${code}`,
        `Skriv den på sagens side inden ${minutes} minutter. Så ved vi, at nøglen er din, og svarer krypteret til den.`,
        `Nøglens fingeraftryk: ${fingerprint}`,
        'Har du ikke selv givet os en nøgle, skal du ikke gøre noget. Giv aldrig koden til andre.',
        `Venlig hilsen\n${municipality.name}`,
      ]),
    }
  }
  return {
    subject: `Code for your key: case ${caseNumber}`,
    body: letter([
      'Hello',
      `The code for your key is ${code}`,
      `Type it on the page of the case within ${minutes} minutes. Then we know that the key is yours, and answer encrypted to it.`,
      `The key's fingerprint: ${fingerprint}`,
      'If you did not give us a key, you need not do anything. Never give the code to anybody.',
      `Kind regards\n${municipality.name}`,
    ]),
  }
}

const letter = (paragraphs: readonly (string | false | null)[]): string =>
  `${paragraphs.filter(Boolean).join('\n\n')}\n`

function verdictLines(verdicts: readonly string[], word: string, more: (n: number) => string): string {
  const [only] = verdicts
  if (only === undefined || verdicts.length === 1) return only ?? ''
  const lines = verdicts.slice(0, MAX_VERDICTS).map((verdict, index) => `${word} ${index + 1}: ${verdict}`)
  const left = verdicts.length - MAX_VERDICTS
  return [...lines, ...(left > 0 ? [more(left)] : [])].join('\n')
}

const callDa = ({ phone }: Municipality): string => (phone ? ` Du kan også ringe på ${phone}.` : '')
const callEn = ({ phone }: Municipality): string => (phone ? ` You can also call ${phone}.` : '')

import type { CaseType, Settings } from '../model/settings.ts'
import type { Submission } from '../model/submission.ts'
import type { Language } from '../model/time.ts'

const MAX_TITLE = 120

/** What a case is filed under where neither address nor form names a type that is configured. */
const GENERAL: CaseType = {
  id: 'general',
  title: { da: 'Henvendelse', en: 'Enquiry' },
  mailLocalPart: null,
  answerWithinWorkingDays: 10,
  kle: '00.01.00',
}

/** Takes a case type's id; gives the type as configured; for an id that is no longer there, the general type. */
export function caseTypeById(id: string, settings: Pick<Settings, 'caseTypes'>): CaseType {
  return settings.caseTypes.find((type) => type.id === id) ?? settings.caseTypes.find(isGeneral) ?? GENERAL
}

/** Takes a submission; gives its case type: by the form's field, else by the recipient's local part, else general. */
export function caseTypeOf(submission: Submission, settings: Pick<Settings, 'caseTypes'>): CaseType {
  const named = settings.caseTypes.find((type) => type.id === submission.headers?.caseType)
  if (named) return named
  for (const recipient of submission.envelope.to) {
    const localPart = recipient.slice(0, recipient.lastIndexOf('@')).split('+', 1)[0]?.toLowerCase()
    const type = settings.caseTypes.find(({ mailLocalPart }) => mailLocalPart?.toLowerCase() === localPart)
    if (localPart && type) return type
  }
  return caseTypeById('general', settings)
}

const isGeneral = (type: CaseType): boolean => type.id === 'general'

/** Controls, line breaks, and marks that turn the direction of text round: a title must read as it stands. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu

/** Takes a subject; gives the case's title: one line, NFC, at most 120 characters; '' becomes the fallback. */
export function titleFrom(subject: string, fallback: string): string {
  const line = subject.normalize('NFC').replace(UNSAFE, ' ').replace(/\s+/g, ' ').trim()
  const characters = [...line]
  if (characters.length === 0) return fallback
  if (characters.length <= MAX_TITLE) return line
  return `${characters
    .slice(0, MAX_TITLE - 1)
    .join('')
    .trimEnd()}…`
}

/** Frequent words that the other language does not have. */
const WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  da: new Set(
    'og jeg ikke det den til på af er hej kære venlig hilsen hilsner tak ønsker vedlagt vedhæftet ansøgning mit min hermed sender jer vores har med om ejendom attest sag'.split(
      ' ',
    ),
  ),
  en: new Set(
    'and the not this that to of is hello dear kind regards thanks please attached find application my we you our have with about property certificate case'.split(
      ' ',
    ),
  ),
}

/**
 * Takes a submission; gives the language to answer in: the form's; else the mail's Content-Language; else a guess by
 * frequent words in subject and body; else the municipality's.
 */
export function languageOf(submission: Submission, fallback: Language): Language {
  if (submission.language) return submission.language
  const { headers } = submission
  const declared = /^\s*(da|en)\b/i.exec(headers?.contentLanguage ?? '')?.[1]?.toLowerCase()
  if (declared === 'da' || declared === 'en') return declared
  return guessLanguage(`${headers?.subject ?? ''}\n${headers?.bodyText ?? ''}`) ?? fallback
}

/** Takes text; gives its language where one has clearly more of its frequent words, else null. */
export function guessLanguage(text: string): Language | null {
  const words =
    text
      .slice(0, 8192)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? []
  const da = words.filter((word) => WORDS.da.has(word) || /[æøå]/.test(word)).length
  const en = words.filter((word) => WORDS.en.has(word)).length
  if (da === en) return null
  return da > en ? 'da' : 'en'
}

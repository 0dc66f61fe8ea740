import type { MessageHeaders } from './submission.ts'
import type { Language } from './time.ts'

/** What reading a submission brought to light, of one document where it names one. */
export interface ReadingNote {
  readonly code: string
  /** MIME part number of the document; null where it is about the whole. */
  readonly partPath: string | null
}

/** A note in words, and whether the citizen is asked to send something again. */
interface NoteWords {
  readonly da: string
  readonly en: string
  readonly asksCitizen: boolean
}

const TOO_MUCH: NoteWords = {
  da: 'En pakket fil rummer mere, end vi pakker ud. Vi har gemt den, som den er. Send filerne hver for sig.',
  en: 'A packed file holds more than we unpack. We have kept it as it is. Please send the files one by one.',
  asksCitizen: true,
}

const WORDS: Readonly<Record<string, NoteWords>> = {
  'archive-encrypted': {
    da: 'En ZIP-fil er låst med en adgangskode, og vi kan ikke læse det, der er i den. Send filerne igen uden adgangskode.',
    en: 'A ZIP file is locked with a password, and we cannot read what is in it. Please send the files again without a password.',
    asksCitizen: true,
  },
  'document-encrypted': {
    da: 'Et dokument er låst med en adgangskode, og vi kan ikke læse det. Send det igen uden adgangskode.',
    en: 'A document is locked with a password, and we cannot read it. Please send it again without a password.',
    asksCitizen: true,
  },
  'archive-unreadable': {
    da: 'En ZIP-fil er beskadiget, og vi kan ikke læse alt i den. Send filerne igen, gerne hver for sig.',
    en: 'A ZIP file is damaged, and we cannot read all that is in it. Please send the files again, one by one if you can.',
    asksCitizen: true,
  },
  'outlook-unreadable': {
    da: 'En fil fra Outlook (winmail.dat eller .msg) kan vi ikke læse helt. Send filerne igen som almindelige bilag.',
    en: 'We cannot read all of a file from Outlook (winmail.dat or .msg). Please send the files again as ordinary attachments.',
    asksCitizen: true,
  },
  'archive-too-large': TOO_MUCH,
  'archive-too-many': TOO_MUCH,
  'archive-too-deep': TOO_MUCH,
  'contains-macros': {
    da: 'Filen rummer makroer, altså et program. Vi åbner den aldrig af os selv; åbn den ikke uden grund.',
    en: 'The file holds macros, which are a program. We never open it by ourselves; do not open it without a reason.',
    asksCitizen: false,
  },
  decrypted: {
    da: 'Mailen var krypteret til os og er åbnet.',
    en: 'The mail was encrypted to us, and was opened.',
    asksCitizen: false,
  },
  'cannot-decrypt': {
    da: 'Mailen er krypteret, og ingen af vores nøgler åbner den.',
    en: 'The mail is encrypted, and none of our keys opens it.',
    asksCitizen: false,
  },
  'encryption-unauthenticated': {
    da: 'Krypteringen viser ikke, om mailen er ændret undervejs (S/MIME med CBC).',
    en: 'The encryption does not show whether the mail was changed on the way (S/MIME with CBC).',
    asksCitizen: false,
  },
  'private-key-received': {
    da: 'Der lå en privat nøgle i mailen. Kun dens offentlige del er beholdt.',
    en: 'There was a private key in the mail. Only its public part was kept.',
    asksCitizen: false,
  },
}

/** Takes what the reader noted ("code" or "code@part"); gives it taken apart. */
export function readingNotes(headers: Pick<MessageHeaders, 'notes'> | null): readonly ReadingNote[] {
  return (headers?.notes ?? []).map((note) => {
    const at = note.indexOf('@')
    return at < 0 ? { code: note, partPath: null } : { code: note.slice(0, at), partPath: note.slice(at + 1) }
  })
}

/** Gives a note in words; null where it has none, as what the reader of MIME repaired has not. */
export const noteInWords = ({ code }: ReadingNote, language: Language): string | null => WORDS[code]?.[language] ?? null

/** Gives what a citizen is to be asked for, each once. */
export function askedOfCitizen(headers: Pick<MessageHeaders, 'notes'> | null, language: Language): readonly string[] {
  const asked = readingNotes(headers).flatMap(({ code }) => (WORDS[code]?.asksCitizen ? WORDS[code][language] : []))
  return [...new Set(asked)]
}

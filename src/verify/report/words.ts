export type Language = 'da' | 'en'

/** A sentence in both languages of the pages. */
export type Words = Readonly<Record<Language, string>>

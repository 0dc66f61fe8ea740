import type { Settings } from '../../model/settings.ts'
import type { Day, Instant, Language } from '../../model/time.ts'
import type { DemoHints } from '../deps.ts'
import type { Texts } from '../texts/da.ts'

/** What every page knows beside its own content. */
export interface View {
  readonly t: Texts
  readonly language: Language
  readonly municipality: Settings['municipality']
  /** The page's own address without language, for the links that change the language: "?a=b" or "". */
  readonly search: string
  /** The path of a page that everybody may know; the pattern's for pages behind a token. */
  readonly section: string
  readonly staff: {
    readonly name: string
    readonly role: 'caseworker' | 'admin'
    readonly csrf: string
    /** What waits for a person: said on every page of the staff. */
    readonly stuck: { readonly deadJobs: number; readonly unsentLetters: number }
  } | null
  readonly demo: DemoHints | null
  readonly stylesheet: string
  /** Of the page for sending, the one that has a script. */
  readonly sendScript: string
}

const LOCALES: Readonly<Record<Language, string>> = { da: 'da-DK', en: 'en-GB' }

/** Puts an instant in the municipality's zone: "24. november 2026 kl. 10.02". */
export function showInstant(view: View, instant: Instant): string {
  const format = new Intl.DateTimeFormat(LOCALES[view.language], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: view.municipality.timeZone,
  })
  return format.format(new Date(instant))
}

/** The same, short, for tables: "24.11.2026 10.02". */
export function showInstantShort(view: View, instant: Instant): string {
  const format = new Intl.DateTimeFormat(LOCALES[view.language], {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: view.municipality.timeZone,
  })
  return format.format(new Date(instant))
}

/** Puts a calendar day in words: "tirsdag den 24. november 2026". */
export function showDay(view: View, day: Day): string {
  const format = new Intl.DateTimeFormat(LOCALES[view.language], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return format.format(new Date(`${day}T00:00:00Z`))
}

/** The same, short, for tables: "24.11.2026". */
export function showDayShort(view: View, day: Day): string {
  const format = new Intl.DateTimeFormat(LOCALES[view.language], {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return format.format(new Date(`${day}T00:00:00Z`))
}

/** Puts a size in words: "12 kB". */
export function showSize(view: View, bytes: number): string {
  const [value, unit] =
    bytes < 1000 ? [bytes, 'byte'] : bytes < 1e6 ? [bytes / 1e3, 'kilobyte'] : [bytes / 1e6, 'megabyte']
  const format = new Intl.NumberFormat(LOCALES[view.language], { style: 'unit', unit, maximumFractionDigits: 1 })
  return format.format(value)
}

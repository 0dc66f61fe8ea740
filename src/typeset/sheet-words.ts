import type { Language } from '../model/time.ts'

/** What stands on a verification sheet beside the verdict's own words. */
export interface SheetWords {
  readonly title: string
  readonly file: string
  readonly caseNumber: string
  readonly mediaType: string
  readonly fingerprint: string
  readonly judgedAt: string
  readonly verdict: Readonly<Record<string, string>>
  readonly whatToDo: string
  readonly signatures: string
  readonly findings: string
  readonly inside: string
  readonly severity: Readonly<Record<'error' | 'warning' | 'info', string>>
  readonly page: (page: number, of: number) => string
  readonly about: (municipality: string) => string
  readonly cut: string
}

export const SHEET_WORDS: Readonly<Record<Language, SheetWords>> = {
  da: {
    title: 'Kontrolrapport',
    file: 'Fil',
    caseNumber: 'Sag',
    mediaType: 'Type',
    fingerprint: 'Fingeraftryk (SHA-256)',
    judgedAt: 'Kontrolleret',
    verdict: {
      'TOTAL-PASSED': 'I ORDEN',
      INDETERMINATE: 'UAFGJORT',
      'TOTAL-FAILED': 'IKKE I ORDEN',
      'NO-SIGNATURE': 'UDEN UNDERSKRIFT',
      ERROR: 'KAN IKKE LÆSES',
    },
    whatToDo: 'Hvad kan gøres',
    signatures: 'Underskrifter, segl og tidsstempler',
    findings: 'Om filen som helhed',
    inside: 'Filer indeni',
    severity: { error: 'Fejl', warning: 'Advarsel', info: 'Oplysning' },
    page: (page, of) => `Side ${page} af ${of}`,
    about: (municipality) =>
      `Lavet af ${municipality} med Poststempel. Bedømt efter ETSI EN 319 102-1. Rapporten gælder kun en fil med netop dette fingeraftryk og er ikke selv underskrevet.`,
    cut: 'Rapporten er for lang til at vises helt her. Hele rapporten findes som JSON og XML.',
  },
  en: {
    title: 'Verification report',
    file: 'File',
    caseNumber: 'Case',
    mediaType: 'Type',
    fingerprint: 'Fingerprint (SHA-256)',
    judgedAt: 'Checked',
    verdict: {
      'TOTAL-PASSED': 'IN ORDER',
      INDETERMINATE: 'UNDECIDED',
      'TOTAL-FAILED': 'NOT IN ORDER',
      'NO-SIGNATURE': 'NO SIGNATURE',
      ERROR: 'UNREADABLE',
    },
    whatToDo: 'What can be done',
    signatures: 'Signatures, seals and time-stamps',
    findings: 'About the file as a whole',
    inside: 'Files inside',
    severity: { error: 'Error', warning: 'Warning', info: 'Note' },
    page: (page, of) => `Page ${page} of ${of}`,
    about: (municipality) =>
      `Made by ${municipality} with Poststempel. Judged by ETSI EN 319 102-1. The report is about a file with exactly this fingerprint, and is not signed itself.`,
    cut: 'The report is too long to be shown here whole. All of it is there as JSON and XML.',
  },
}

import type { Qualified, SignatureReport } from './report.ts'
import type { Language, Words } from './words.ts'

type Kind = 'signature' | 'seal'

const HELD: Readonly<Record<'qualified' | 'qualified-certificate', Readonly<Record<Kind, Words>>>> = {
  qualified: {
    signature: { da: 'Kvalificeret elektronisk signatur', en: 'Qualified electronic signature' },
    seal: { da: 'Kvalificeret elektronisk segl', en: 'Qualified electronic seal' },
  },
  'qualified-certificate': {
    signature: {
      da: 'Avanceret elektronisk signatur med kvalificeret certifikat',
      en: 'Advanced electronic signature with a qualified certificate',
    },
    seal: {
      da: 'Avanceret elektronisk segl med kvalificeret certifikat',
      en: 'Advanced electronic seal with a qualified certificate',
    },
  },
}

const NOT: Words = { da: 'Ikke kvalificeret', en: 'Not qualified' }
const UNDETERMINED: Words = {
  da: 'Om certifikatet er kvalificeret, kan ikke afgøres',
  en: 'Whether the certificate is qualified cannot be told',
}

/** Says whether a signature that passed is qualified, and by whose list, without a full stop; null where no list says anything. */
export function describeQualified(
  { qualified, indication }: Pick<SignatureReport, 'qualified' | 'indication'>,
  language: Language,
): string | null {
  if (!qualified || indication !== 'TOTAL-PASSED') return null
  return `${whatOf(qualified)[language]} ${byList(qualified.list, language)}`
}

/** Says whether a time-stamp is qualified, and by whose list, as the end of a sentence; null where no list says anything. */
export function describeQualifiedStamp(
  { qualified }: Pick<SignatureReport['timestamps'][number], 'qualified'>,
  language: Language,
): string | null {
  if (!qualified) return null
  const word = language === 'da' ? 'kvalificeret' : 'qualified'
  const not = qualified.level === 'qualified' ? '' : language === 'da' ? 'ikke ' : 'not '
  return `${not}${word} ${byList(qualified.list, language)}`
}

const byList = (territory: string, language: Language): string =>
  `${language === 'da' ? 'efter tillidslisten fra' : 'by the trusted list of'} ${countryOf(territory, language)}`

/** Says whether a citizen is told: what somebody's signature is, not what it is not. */
export const isHeldQualified = ({ qualified }: Pick<SignatureReport, 'qualified'>): boolean =>
  qualified?.level === 'qualified' || qualified?.level === 'qualified-certificate'

function whatOf({ level, as }: Qualified): Words {
  if (level === 'undetermined') return UNDETERMINED
  if (level === 'not-qualified') return NOT
  return HELD[level][as === 'seal' ? 'seal' : 'signature']
}

/** A country's name; lists write Greece EL. */
function countryOf(territory: string, language: Language): string {
  const code = territory === 'EL' ? 'GR' : territory
  if (!/^[A-Z]{2}$/.test(code)) return territory
  return new Intl.DisplayNames([language], { type: 'region' }).of(code) ?? territory
}

import { FINDING_WORDS } from './finding-words.ts'
import { isSeal } from './holder.ts'
import type { SignatureReport } from './report.ts'
import type { Words } from './words.ts'

type Replacement = readonly [pattern: RegExp, by: string]

/** Endings first: "underskrivere" holds "underskriver". The words of findings are ours, so that these are all. */
const DANISH: readonly Replacement[] = [
  [/underskriftens/g, 'seglets'],
  [/underskriften/g, 'seglet'],
  [/underskriftsmetode/g, 'metode til segl'],
  [/underskrift/g, 'segl'],
  [/flere underskrivere/g, 'flere afsendere'],
  [/ingen underskriver/g, 'ingen afsender'],
  [/underskriverens/g, 'seglets'],
  [/underskriveren/g, 'den, der forseglede,'],
  [/underskrevne/g, 'forseglede'],
  [/underskrevet/g, 'forseglet'],
  [/underskrive/g, 'forsegle'],
  [/(skrevet|skrev) under på/g, 'forseglet'],
  // A seal is neuter.
  [/\ben segl\b/g, 'et segl'],
  [/hvad den dækker/g, 'hvad det dækker'],
  [/(tidspunkt|det), den bevisligt/g, '$1, det bevisligt'],
  [/efter det, den er/g, 'efter det, det er'],
  [/viser den ikke/g, 'viser det ikke'],
  [/det, den skulle/g, 'det, det skulle'],
  [/oplysninger, den skal/g, 'oplysninger, det skal'],
  [/certifikat den hører/g, 'certifikat det hører'],
]

const ENGLISH: readonly Replacement[] = [
  [/signature's/g, "seal's"],
  [/signature/g, 'seal'],
  [/no signer/g, 'no maker'],
  [/several signers/g, 'several makers'],
  [/signer's/g, "seal's"],
  [/signer/g, 'sealer'],
  [/method of signing/g, 'method of sealing'],
  [/for signing/g, 'for sealing'],
  [/signed/g, 'sealed'],
]

/** Gives what a finding says of a signature, or of a seal where it is one; undefined where it has no words. */
export function findingWords(code: string, signature: SignatureReport): Words | undefined {
  const words = FINDING_WORDS[code]
  return words && signature.kind !== 'pdf-timestamp' && isSeal(signature) ? ofASeal(words) : words
}

/** Takes what a finding says of a signature; gives the same of a seal, which is no person's signature. */
export function ofASeal({ da, en }: Words): Words {
  return { da: replaceAll(da, DANISH), en: replaceAll(en, ENGLISH) }
}

function replaceAll(text: string, replacements: readonly Replacement[]): string {
  const first = text.charAt(0)
  // The first word is written small while it is looked for.
  const small = `${first.toLowerCase()}${text.slice(1)}`
  const replaced = replacements.reduce((all, [pattern, by]) => all.replace(pattern, by), small)
  return `${first === first.toUpperCase() ? replaced.charAt(0).toUpperCase() : replaced.charAt(0)}${replaced.slice(1)}`
}

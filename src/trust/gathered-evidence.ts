import type { VerifyInput } from '../model/ports.ts'
import type { ValidationDataKind } from '../model/validation-data.ts'
import type { Gathered } from './gather.ts'

/** What was gathered, as it is judged by. */
export type GatheredEvidence = Pick<VerifyInput, 'intermediates' | 'crls' | 'ocsps'>

/** The newest answer to a question stands for it. */
export function replaceAnswer(gathered: Map<string, Gathered>, next: Gathered): void {
  for (const [id, { data }] of gathered) {
    const { kind, url, certificate } = next.data
    if (data.kind === kind && data.url === url && data.certificate === certificate) gathered.delete(id)
  }
  gathered.set(next.data.id, next)
}

/** Gives gathered answers as evidence. */
export function evidenceOf(gathered: readonly Gathered[]): GatheredEvidence {
  const of = (kind: ValidationDataKind): readonly Uint8Array[] =>
    gathered.flatMap(({ data, bytes }) => (data.kind === kind ? bytes : []))
  return { intermediates: of('issuer'), crls: of('crl'), ocsps: of('ocsp') }
}

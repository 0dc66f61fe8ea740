import type { PdfDict, PdfValue } from './values.ts'

/** A field of the form, with what it inherits (ISO 32000-2 clause 12.7.4). */
export interface FormField {
  /** Fully qualified: partial names joined by full stops. */
  readonly name: string
  readonly type: string | null
  readonly dict: PdfDict
  /** Object number; null where the field stands directly in its parent. */
  readonly object: number | null
  /** V, resolved; null where there is none. */
  readonly value: PdfValue
  /** Object number of V; null where it stands directly in the field. */
  readonly valueObject: number | null
  /** No kid is a field of its own: its kids are widgets. */
  readonly terminal: boolean
}

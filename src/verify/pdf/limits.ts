import { VerifyError } from '../errors.ts'

/** Bounds on what a PDF may ask of its reader, so that hostile bytes end in an answer. */
export interface PdfLimits {
  readonly maxBytes: number
  /** Arrays and dictionaries within one another. */
  readonly maxDepth: number
  /** Values read in the whole document, by the room that they take: a number 2, a key 4, a name or string 6, an array 10, a dictionary 14. */
  readonly maxValues: number
  /** Octets of syntax read in the whole document, streams aside: objects may overlap, and be read again and again. */
  readonly maxSyntaxBytes: number
  /** Objects that the cross-reference may name. */
  readonly maxObjects: number
  /** Cross-reference sections that are followed. */
  readonly maxSections: number
  /** Bytes that one stream may decode to. */
  readonly maxStreamBytes: number
  /** Bytes that all decoded streams may have together. */
  readonly maxDecodedBytes: number
  /** Signature dictionaries that are judged. */
  readonly maxSignatures: number
}

export const PDF_LIMITS: PdfLimits = {
  maxBytes: 512 * 1024 * 1024,
  maxDepth: 96,
  maxValues: 20_000_000,
  maxSyntaxBytes: 512 * 1024 * 1024,
  maxObjects: 500_000,
  maxSections: 2000,
  maxStreamBytes: 64 * 1024 * 1024,
  maxDecodedBytes: 256 * 1024 * 1024,
  maxSignatures: 500,
}

/** What one document has used up of its limits; shared by everything that reads from it. */
export interface PdfBudget {
  readonly limits: PdfLimits
  valuesLeft: number
  syntaxBytesLeft: number
  decodedBytesLeft: number
  /** What streams may have been inflated to before they turned out to be damaged. */
  failedBytesLeft: number
  /** What may go into and come out of attempts to decode streams that are damaged. */
  salvagedBytesLeft: number
}

/** Each object is read about once: what reads the file over and over is made to cost time. */
const READINGS = 8
const FREE_SYNTAX_BYTES = 16 * 1024 * 1024

/** A document that is damaged here and there needs little; one that is made of damage gets no more. */
const SALVAGED_BYTES = 32 * 1024 * 1024

/** Damaged streams of that many octets in a document are borne with; where they swell, that counts. */
const FAILED_BYTES = 256 * 1024 * 1024

/** Objects in streams take few bytes each, and names of free ones nearly none; a small file that names a million lies. */
const FREE_OBJECTS = 20_000
const BYTES_PER_OBJECT = 2

/** What an entry of a cross-reference and an object that is read take of maxValues beside their values. */
const ENTRY_WEIGHT = 10
const OBJECT_WEIGHT = 30
/** A field is walked and compared in each revision anew, however small the revision is. */
const FIELD_WEIGHT = 70

const WEIGHTS = { entry: ENTRY_WEIGHT, object: OBJECT_WEIGHT, field: FIELD_WEIGHT } as const

/** Counts entries, objects with their places, or fields of one revision. @throws VerifyError too-many-elements */
export function chargeObject(budget: PdfBudget, what: keyof typeof WEIGHTS, count = 1): void {
  budget.valuesLeft -= WEIGHTS[what] * count
  if (budget.valuesLeft < 0) throw new VerifyError('too-many-elements', 'the PDF holds too many objects')
}

/** Takes limits and the document's size in bytes; gives an unused budget for it. */
export function newBudget(limits: PdfLimits, fileBytes: number): PdfBudget {
  const maxObjects = Math.min(limits.maxObjects, FREE_OBJECTS + Math.ceil(fileBytes / BYTES_PER_OBJECT))
  return {
    limits: { ...limits, maxObjects },
    valuesLeft: limits.maxValues,
    syntaxBytesLeft: Math.min(limits.maxSyntaxBytes, FREE_SYNTAX_BYTES + READINGS * fileBytes),
    decodedBytesLeft: limits.maxDecodedBytes,
    failedBytesLeft: Math.min(FAILED_BYTES, limits.maxDecodedBytes),
    salvagedBytesLeft: Math.min(SALVAGED_BYTES, limits.maxDecodedBytes),
  }
}

/**
 * How a value of the model lies in a row, the same on both engines: texts and numbers as they are,
 * structures as JSON text, booleans as 0 or 1.
 */
export type ColumnKind = 'plain' | 'json' | 'flag'

/** One kind for every field of a model type: a field that is forgotten does not compile. */
export type Columns<M> = { readonly [K in keyof M]-?: ColumnKind }

type Stored<Value, Kind> = Kind extends 'json'
  ? null extends Value
    ? string | null
    : string
  : Kind extends 'flag'
    ? number
    : Value

/** A row's type, from the model's type and the kinds of its columns. */
export type Row<M, C extends Columns<M>> = { -readonly [K in keyof M]: Stored<M[K], C[K]> }

/** Takes a whole row or a change; gives what the columns hold. Fields that are undefined are left out. */
export function encode<V extends object, C extends Columns<V>>(
  columns: C,
  value: V,
): { -readonly [K in keyof V]: Stored<V[K], C[K]> } {
  const row: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue
    row[name] = encodeField(kindOf(columns, name), field)
  }
  return row as { -readonly [K in keyof V]: Stored<V[K], C[K]> }
}

/** Takes a row; gives the model's value, without the columns that are the store's own. */
export function decode<M>(columns: Columns<M>, row: object): M {
  const fields = new Map<string, unknown>(Object.entries(row))
  const value: Record<string, unknown> = {}
  for (const name of Object.keys(columns)) value[name] = decodeField(kindOf(columns, name), fields.get(name) ?? null)
  return value as M
}

const kindOf = (columns: object, name: string): unknown => Reflect.get(columns, name)

function encodeField(kind: unknown, field: unknown): unknown {
  if (field === null) return null
  if (kind === 'json') return JSON.stringify(field)
  if (kind === 'flag') return field === true ? 1 : 0
  if (kind === 'plain') return field
  // A field that is no column would otherwise be lost without a word.
  throw new TypeError('a value has a field that its table lacks')
}

function decodeField(kind: unknown, field: unknown): unknown {
  if (field === null) return null
  if (kind === 'json') return parseJson(field)
  return kind === 'flag' ? field === 1 : field
}

const parseJson = (text: unknown): unknown => JSON.parse(String(text))

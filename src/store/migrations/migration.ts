/** The few words in which the two engines' data definition differs. */
export interface Dialect {
  readonly engine: 'sqlite' | 'postgres'
  /** The column "made", by which rows keep the order of their making. */
  readonly made: string
  /** Texts compare by code point on both, so that instants and ids sort alike. */
  readonly text: string
  readonly bytes: string
  /** What ends a table: SQLite checks column types only where it is told to. */
  readonly options: string
}

/** One numbered step of the schema. Once released it is never changed: its checksum is checked at every start. */
export interface Migration {
  readonly number: number
  readonly name: string
  /** Gives the statements in order, as plain SQL: a newer query builder must not change them. */
  up(dialect: Dialect): readonly string[]
}

export const dialects: Readonly<Record<Dialect['engine'], Dialect>> = {
  sqlite: {
    engine: 'sqlite',
    made: 'made integer primary key',
    text: 'text',
    bytes: 'blob',
    options: ' strict',
  },
  postgres: {
    engine: 'postgres',
    made: 'made bigint generated always as identity primary key',
    text: 'text collate "C"',
    bytes: 'bytea',
    options: '',
  },
}

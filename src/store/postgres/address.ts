import { GatewayError } from '../../model/errors.ts'

/** Where the database is, as pg takes it, and the schema that the URL names. */
export interface PostgresAddress {
  readonly connectionString: string
  /** Run-time settings for each session (libpq's "options"). */
  readonly options: string
  /** From ?search_path=…; made at start where it is missing. Null: the server's default. */
  readonly schema: string | null
}

// A commit is acknowledged only once it is flushed; a node that hangs must not hold the others' turn for ever.
const SESSION = [
  'synchronous_commit=on',
  'idle_in_transaction_session_timeout=60000',
  'lock_timeout=30000',
  'default_transaction_isolation=read\\ committed',
  'client_min_messages=warning',
]

/** Takes postgres://…[?search_path=name][&options=…]; gives its parts. @throws GatewayError configuration */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = URL.parse(text)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new GatewayError('configuration', 'the database URL does not begin with postgres://')
  }
  const schema = url.searchParams.get('search_path')
  if (schema !== null && !/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new GatewayError('configuration', 'search_path in the database URL must be one plain lower-case name')
  }
  const given = url.searchParams.get('options')
  url.searchParams.delete('search_path')
  url.searchParams.delete('options')
  const settings = schema === null ? SESSION : [...SESSION, `search_path=${schema}`]
  const ours = settings.map((it) => `-c ${it}`).join(' ')
  return { connectionString: url.href, options: given === null ? ours : `${given} ${ours}`, schema }
}

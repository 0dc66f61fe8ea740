import { z } from 'zod'
import { configSchema } from './schema.ts'

interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

const INTRO = `# Configuration

One JSON file, named by \`poststempel serve --config FILE\` or \`POSTSTEMPEL_CONFIG\`. Every key has a default, so an
empty file is a working gateway on loopback. All mistakes are reported together, and nothing starts with a wrong file.
Secrets stand in files of their own (\`…File\`) or in the environment.

The environment: \`POSTSTEMPEL_DATA\` (data folder), \`POSTSTEMPEL_SMTP_PORT\`, \`POSTSTEMPEL_HTTP_PORT\`,
\`POSTSTEMPEL_DATABASE_URL\` (PostgreSQL), \`POSTSTEMPEL_CONFIG\`.

This page is written by \`node scripts/write-configuration-docs.ts\`; a test holds it to the schema.

| key | what it is | default |
|---|---|---|
`

/** Gives docs/configuration.md as Markdown: one row a key, as the schema says it. */
export function describeConfiguration(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode
  return [INTRO, rows(schema, '').join('\n'), '\n'].join('')
}

function rows(node: SchemaNode, path: string): string[] {
  const found: string[] = []
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const name = path ? `${path}.${key}` : key
    if (child.const !== undefined) {
      // The word by which kinds are told apart heads the rows of its kind, where it says what that is.
      if (child.description) found.push(`| \`${name}\`: \`${String(child.const)}\` | ${child.description} |  |`)
      continue
    }
    const isGroup = child.properties !== undefined
    const shown =
      isGroup || child.default === undefined ? '' : `\`${JSON.stringify(child.default).replaceAll('|', '\\|')}\``
    found.push(`| \`${name}\` | ${child.description ?? ''}${choices(child)} | ${shown} |`)
    for (const inner of variants(child)) found.push(...rows(inner, name))
    if (child.items) found.push(...rows(child.items, `${name}[]`))
  }
  return found
}

/** A value's own shape, and those that it may have instead. */
const variants = (node: SchemaNode): readonly SchemaNode[] => [
  node,
  ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(variants),
]

const choices = (node: SchemaNode): string =>
  node.enum ? ` One of ${node.enum.map((v) => `\`${v}\``).join(', ')}.` : ''

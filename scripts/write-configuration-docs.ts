import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeConfiguration } from '../src/config/index.ts'

const HELP = `usage: node scripts/write-configuration-docs.ts
Writes docs/configuration.md from the schema in src/config/schema.ts.`

if (process.argv.includes('--help')) console.log(HELP)
else writeFileSync(join(import.meta.dirname, '../docs/configuration.md'), describeConfiguration())

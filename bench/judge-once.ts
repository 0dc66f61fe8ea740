import { readFileSync } from 'node:fs'
import { verifier } from './loads.ts'
import { mostMebibytes } from './memory.ts'

/** A process that judges one file once: prints how long that took, and the most memory that the process ever held. */
const [file = '', root = ''] = process.argv.slice(2)
const bytes = readFileSync(file)
const options = {
  validationTime: new Date(),
  trustAnchors: verifier.prepareTrustStore(verifier.readPemOrDer(readFileSync(root))),
  checkRevocation: 'if-present',
} as const
const began = performance.now()
const { indication } = verifier.verifyDocument(bytes, options)
const ms = performance.now() - began
console.log(JSON.stringify({ indication, ms, mebibytes: mostMebibytes() }))

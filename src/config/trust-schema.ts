import { z } from 'zod'

const texts = z.array(z.string().min(1)).default([])

const configuredAnchor = z
  .strictObject({
    file: z.string().optional().describe('File with CA certificates (PEM, DER, PKCS #7, or a ZIP of them).'),
    catalogue: z.string().optional().describe('Instead of a file: an entry of certs/catalogue.json, by its id.'),
    purposes: z
      .array(z.enum(['document', 'mail', 'timestamp']))
      .min(1)
      .describe('What they count for.'),
    note: z.string().min(1).max(500).describe('Why the municipality trusts them; on record.'),
    emails: texts.describe(
      'They count for signers with an address in these domains only (firm.dk, .firm.dk for all below).',
    ),
    organizations: texts.describe('They count for signers of these organizations only.'),
    policies: texts.describe('They count under these certificate policies (OID) only.'),
    permitted: texts.describe(
      'Names below them must lie in these, kind by kind: dns:firm.dk, email:.firm.dk, uri:firm.dk, dir:O=Firm,C=DK.',
    ),
    excluded: texts.describe('No name below them may lie in these; written likewise.'),
  })
  .refine(({ file, catalogue }) => (file === undefined) !== (catalogue === undefined), 'give either file or catalogue')

/** Who is trusted by file, who must agree to a change, and who is told of it. */
export const trustSchema = z.strictObject({
  secondAdmin: z
    .boolean()
    .default(false)
    .describe('A change of trust at the page or the command line counts only when another admin has confirmed it.'),
  anchors: z
    .array(configuredAnchor)
    .default([])
    .describe('Roots that are managed by file: in force while they stand here, and not to be changed on the page.'),
  notify: z
    .strictObject({
      mail: z.array(z.email()).default([]).describe('Addresses that are told of each change of trust by mail.'),
      webhookUrl: z
        .url({ protocol: /^https?$/ })
        .nullable()
        .default(null)
        .describe('Address that is told of it by POST of a JSON object.'),
      webhookSecretFile: z
        .string()
        .nullable()
        .default(null)
        .describe('File that holds the secret by which the POST is signed (HMAC-SHA-256).'),
      webhookAllowedNetworks: z
        .array(z.string())
        .default([])
        .describe('Private networks (CIDR) in which that address may lie.'),
    })
    .prefault({})
    .describe('Who is told of changes of trust, and warned before a root ends.'),
})

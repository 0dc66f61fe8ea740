import { z } from 'zod'

/** Who must agree to a change of trust. */
export const trustSchema = z.strictObject({
  secondAdmin: z
    .boolean()
    .default(false)
    .describe('A change of trust at the page or the command line counts only when another admin has confirmed it.'),
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

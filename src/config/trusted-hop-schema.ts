import { z } from 'zod'

/** A mail server in front: what it found out about a sender counts. */
export const trustedHopSchema = z
  .strictObject({
    networks: z
      .array(z.string())
      .default([])
      .describe(
        'Addresses and networks that it hands mail over from by SMTP. What comes by LMTP or from a mailbox is always its own.',
      ),
    form: z
      .enum(['rfc8601', 'microsoft-365'])
      .default('rfc8601')
      .describe(
        'How it writes Authentication-Results: with its name (authservId), or without one, as Microsoft 365 does: then the topmost field counts.',
      ),
    authservId: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'Its name in Authentication-Results. It must take away fields that came with a mail and claim this name (RFC 8601 §5).',
      ),
    arcSealers: z
      .array(z.string().regex(/^[^\s@]+$/, 'is no domain'))
      .default([])
      .describe('Domains (d=) whose ARC seals count, as microsoft.com.'),
  })
  .refine(
    ({ form, authservId, arcSealers }) => form === 'microsoft-365' || authservId !== null || arcSealers.length > 0,
    'give authservId, form microsoft-365, or arcSealers: else nothing of it counts',
  )
  .refine(({ form, authservId }) => form === 'rfc8601' || authservId === null, 'form microsoft-365 has no authservId')

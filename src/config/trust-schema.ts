import { z } from 'zod'

/** Who must agree to a change of trust. */
export const trustSchema = z.strictObject({
  secondAdmin: z
    .boolean()
    .default(false)
    .describe('A change of trust at the page or the command line counts only when another admin has confirmed it.'),
})

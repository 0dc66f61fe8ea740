import type { Handler } from '../http/context.ts'
import { showPage } from '../http/reply.ts'
import { OwnKeysPage } from '../pages/staff/own-keys.tsx'

export const ownKeys: Handler = async ({ deps, view }) =>
  showPage(<OwnKeysPage view={view} keys={await deps.ownKeys()} />)

import { createClient } from '@/server/api/client'

/** The admin API on the same origin; the browser sends the session. */
export const api = createClient({ baseUrl: '' })

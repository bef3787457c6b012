import { cookies } from 'next/headers'
import { THEME_COOKIE, themeOf } from '@/components/preferences'
import type { OpenApiDocument } from '@/server/api/openapi'
import { referencePage } from '@/server/api/reference-page'
import { webApi } from '@/server/api/web'
import { publicUrl } from '@/server/env'
import { runtime } from '@/server/runtime'

export async function GET(): Promise<Response> {
  const { ctx } = await runtime()
  const answer = await (await webApi()).request('/api/v1/openapi.json')
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value)
  const page = referencePage((await answer.json()) as OpenApiDocument, {
    origin: publicUrl(ctx.env),
    theme: theme === 'system' ? undefined : theme,
  })
  return new Response(page, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-cache',
    },
  })
}

import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { tokenFilter } from '@/components/tokens/filter'
import { tokenList } from '@/components/tokens/queries'
import { TokenList } from '@/components/tokens/TokenList'
import { listTokens } from '@/server/auth/list-tokens'
import { tokenQuery } from '@/server/auth/schema'
import { proxyAddress, publicUrl } from '@/server/env'

export const metadata: Metadata = { title: 'Tokens' }

interface TokensPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function TokensPage({ searchParams }: TokensPageProps) {
  const { ctx, actor } = await portalSession()
  const filter = readSearch(tokenFilter, await searchParams)
  const client = newQueryClient()
  await client.prefetchQuery({
    ...tokenList(filter),
    queryFn: () => listTokens(ctx, actor, tokenQuery.parse(filter)),
  })
  return (
    <Hydrated client={client}>
      <TokenList installation={{ portal: publicUrl(ctx.env), proxy: proxyAddress(ctx.env) }} />
    </Hydrated>
  )
}

'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Key, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import type { Installation } from '@/components/setup/recipes'
import { CreateToken } from '@/components/tokens/CreateToken'
import type { TokenFilter } from '@/components/tokens/filter'
import { tokenList } from '@/components/tokens/queries'
import { RevokeToken } from '@/components/tokens/RevokeToken'
import { tokenColumns } from '@/components/tokens/token-columns'
import { Button } from '@/components/ui/Button'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { PageHeader } from '@/components/ui/PageHeader'
import { Pagination } from '@/components/ui/Pagination'
import { Select } from '@/components/ui/Select'
import { useUrlState } from '@/components/url-state'
import type { Token } from '@/server/auth/schema'

/** One's tokens; for administrators everyone's. */
export function TokenList({ installation }: { installation: Installation }) {
  const [filter, setFilter] = useUrlState<TokenFilter>()
  const [isCreating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<Token>()
  const tokens = useQuery({ ...tokenList(filter), placeholderData: keepPreviousData })
  const seesAll = useRefusal('token.readAll') === undefined
  const columns = useMemo(
    () => tokenColumns({ owners: filter.all === 'true', onRevoke: setRevoking }),
    [filter.all],
  )
  const create = (
    <Button variant="primary" icon={Plus} onClick={() => setCreating(true)}>
      New token
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Tokens"
        description="For machines and scripts: the API, the command entrepot, and the proxy. A token acts with the rights of its owner, cut down to its scopes."
        actions={create}
      />
      {seesAll && (
        <div className="w-48">
          <Select
            aria-label="Whose tokens"
            value={filter.all ?? ''}
            onChange={(all) => setFilter({ all: all === 'true' ? 'true' : undefined })}
            options={[
              { value: '', label: 'Your tokens' },
              { value: 'true', label: 'Everybody’s tokens' },
            ]}
          />
        </div>
      )}
      <DataTable
        label="Tokens"
        query={tokens}
        columns={columns}
        csv="tokens"
        empty={
          <EmptyState
            icon={Key}
            sentence="With a token, a build declares what it needs and downloads are counted to your team. You have none yet."
            action={create}
            command={'npx entrepot token create "build machine" --scope declare --scope proxy'}
          />
        }
        pagination={
          <Pagination
            cursor={filter.cursor}
            nextCursor={tokens.data?.nextCursor}
            onCursor={(cursor) => setFilter({ cursor })}
          />
        }
      />
      {isCreating && <CreateToken installation={installation} onClose={() => setCreating(false)} />}
      {revoking && <RevokeToken token={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  )
}

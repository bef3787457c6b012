'use client'

import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus, UserPlus } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { KeyCard } from '@/components/apt/keys/KeyCard'
import { keysOf, uploadersOf } from '@/components/apt/keys/queries'
import { UploaderRow } from '@/components/apt/keys/UploaderRow'
import { repositoryHref } from '@/components/apt/places'
import { useAptRefusal } from '@/components/apt/use-apt-refusal'
import { Button } from '@/components/ui/Button'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { sentenceOf } from '@/components/use-action'
import type { AptKey, Uploader } from '@/server/apt/keys/schema'
import type { RepositoryDetail } from '@/server/apt/schema'

const AddKey = dynamic(async () => (await import('@/components/apt/keys/AddKey')).AddKey, { ssr: false })
const RetireKey = dynamic(async () => (await import('@/components/apt/keys/RetireKey')).RetireKey, {
  ssr: false,
})
const AddUploader = dynamic(async () => (await import('@/components/apt/keys/AddUploader')).AddUploader, {
  ssr: false,
})
const RemoveUploader = dynamic(
  async () => (await import('@/components/apt/keys/RemoveUploader')).RemoveUploader,
  { ssr: false },
)

const policies: Record<RepositoryDetail['signaturePolicy'], string> = {
  required: 'An upload is taken only when one of these keys has signed it.',
  optional: 'Uploads may come unsigned; a signature must be by one of these keys.',
  off: 'Signatures of uploads are not looked at.',
}

type Asking =
  | { what: 'add' }
  | { what: 'retire'; key: AptKey }
  | { what: 'addUploader' }
  | { what: 'removeUploader'; uploader: Uploader }

/** The keys that sign the repository, and those whose uploads it takes. */
export function Keys({ repository }: { repository: RepositoryDetail }) {
  const { name: repo } = repository
  const keys = useQuery(keysOf(repo))
  const uploaders = useQuery(uploadersOf(repo))
  const [asking, ask] = useState<Asking>()
  const refusal = useAptRefusal('apt.manage', repository)
  const close = () => ask(undefined)
  const signing = keys.data?.filter(({ retiredAt }) => retiredAt === null) ?? []
  return (
    <div className="grid min-w-0 items-start gap-4 xl:grid-cols-2">
      <Panel
        title="Signing keys"
        padding="flush"
        actions={
          <Button size="small" icon={Plus} disabledReason={refusal} onClick={() => ask({ what: 'add' })}>
            Rotate
          </Button>
        }
      >
        {keys.error && (
          <div className="p-4">
            <Notice tone="failed">{sentenceOf(keys.error)}</Notice>
          </div>
        )}
        {!keys.data && !keys.error && (
          <div className="p-4">
            <Skeleton height={120} />
          </div>
        )}
        {keys.data?.map((key) => (
          <KeyCard
            key={key.id}
            repository={repository}
            aptKey={key}
            retireRefusal={
              refusal ??
              (signing.length < 2
                ? 'It is the only one that signs. Rotate first, and retire it later.'
                : undefined)
            }
            onRetire={() => ask({ what: 'retire', key })}
          />
        ))}
        {keys.data?.length === 0 && (
          <p className="flex items-center gap-2 p-4 text-ink-muted text-sm">
            <KeyRound aria-hidden size={15} /> No key signs this repository; apt will refuse it.
          </p>
        )}
      </Panel>
      <Panel
        title="Uploaders"
        padding="flush"
        actions={
          <Button
            size="small"
            icon={UserPlus}
            disabledReason={refusal}
            onClick={() => ask({ what: 'addUploader' })}
          >
            Add an uploader
          </Button>
        }
      >
        <p className="border-line border-b px-4 py-2.5 text-ink-muted text-sm">
          {policies[repository.signaturePolicy]}{' '}
          <Link
            href={repositoryHref(repo, { tab: 'settings' })}
            prefetch={false}
            className="rounded-sm text-accent underline"
          >
            Settings
          </Link>
        </p>
        {uploaders.error && (
          <div className="p-4">
            <Notice tone="failed">{sentenceOf(uploaders.error)}</Notice>
          </div>
        )}
        {!uploaders.data && !uploaders.error && (
          <div className="p-4">
            <Skeleton height={60} />
          </div>
        )}
        {uploaders.data && uploaders.data.length > 0 && (
          <ul className="divide-y divide-line">
            {uploaders.data.map((uploader) => (
              <UploaderRow
                key={uploader.id}
                uploader={uploader}
                refusal={refusal}
                onRemove={() => ask({ what: 'removeUploader', uploader })}
              />
            ))}
          </ul>
        )}
        {uploaders.data?.length === 0 && (
          <p className="p-4 text-sm">
            No key is known yet.
            {repository.signaturePolicy === 'required' &&
              ' Until there is one, every upload by dput is refused.'}
          </p>
        )}
      </Panel>
      {asking?.what === 'add' && <AddKey repo={repo} onClose={close} />}
      {asking?.what === 'retire' && <RetireKey repo={repo} aptKey={asking.key} onClose={close} />}
      {asking?.what === 'addUploader' && <AddUploader repo={repo} onClose={close} />}
      {asking?.what === 'removeUploader' && (
        <RemoveUploader repo={repo} uploader={asking.uploader} onClose={close} />
      )}
    </div>
  )
}

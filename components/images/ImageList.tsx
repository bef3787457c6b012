'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Container, Plus } from 'lucide-react'
import type { ImageFilter } from '@/components/images/filter'
import { ImageFilters } from '@/components/images/ImageFilters'
import { imageColumns } from '@/components/images/image-columns'
import { imageList } from '@/components/images/queries'
import { useRefusal, useViewer } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { PageHeader } from '@/components/ui/PageHeader'
import { Pagination } from '@/components/ui/Pagination'
import { useUrlState } from '@/components/url-state'

/** All declared images: search, filters, and how far each is. */
export function ImageList() {
  const [filter, setFilter] = useUrlState<ImageFilter>()
  const images = useQuery({ ...imageList(filter), placeholderData: keepPreviousData })
  const refusal = useRefusal('image.declare')
  return (
    <>
      <PageHeader
        title="Images"
        description="Images of other registries, declared by digest. Each is fetched whole, kept for ever, and served under its own name, also when its registry is gone."
        actions={
          <Button
            variant="primary"
            icon={Plus}
            {...(refusal === undefined ? { href: '/images/declare' } : { disabledReason: refusal })}
          >
            Declare images
          </Button>
        }
      />
      <ImageFilters filter={filter} onChange={setFilter} />
      <DataTable
        label="Images"
        query={images}
        columns={imageColumns}
        csv="images"
        empty={<NoImages filter={filter} />}
        pagination={
          <Pagination
            cursor={filter.cursor}
            nextCursor={images.data?.nextCursor}
            onCursor={(cursor) => setFilter({ cursor })}
          />
        }
      />
    </>
  )
}

function NoImages({ filter }: { filter: ImageFilter }) {
  const { team = 'your-team' } = useViewer()
  const { cursor: _, ...narrowing } = filter
  if (Object.values(narrowing).some((value) => value !== undefined)) {
    const isReference = /[\w.-]+\/[\w./-]+(:|@)/.test(filter.q ?? '')
    return (
      <EmptyState
        icon={Container}
        sentence={isReference ? 'This image is not declared yet.' : 'No image matches these filters.'}
        action={
          isReference && (
            <Button
              variant="primary"
              icon={Plus}
              href={`/images/declare?reference=${encodeURIComponent(filter.q ?? '')}`}
            >
              Declare it
            </Button>
          )
        }
      />
    )
  }
  return (
    <EmptyState
      icon={Container}
      sentence="A declared image is fetched with all it needs, verified, and served to your machines for ever: by digest, under its own name, with its signatures."
      action={
        <Button variant="primary" icon={Plus} href="/images/declare">
          Declare the first image
        </Button>
      }
      command={`entrepot image docker.io/library/debian@sha256:… --team ${team} --reason "Base of our services"`}
    />
  )
}

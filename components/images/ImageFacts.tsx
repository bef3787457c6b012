import Link from 'next/link'
import { kindOf } from '@/components/registry/kinds'
import { Badge } from '@/components/ui/Badge'
import { Copyable } from '@/components/ui/Copyable'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { formatCount } from '@/components/ui/format'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import { Time } from '@/components/ui/Time'
import type { ImageDetail } from '@/server/images/schema'

/** What is known of an image, at the right of its page. */
export function ImageFacts({ image }: { image: ImageDetail }) {
  return (
    <Panel title="Facts">
      <DefinitionList
        items={[
          {
            term: 'Registry',
            detail: (
              <Link
                href={`/images?registry=${encodeURIComponent(image.registry)}`}
                className="rounded-sm hover:text-accent hover:underline"
              >
                {image.registry}
              </Link>
            ),
          },
          { term: 'Digest', detail: <Copyable value={image.digest} label="digest" tail={10} /> },
          { term: 'Was tagged', detail: image.resolvedTag && <Badge>{image.resolvedTag}</Badge> },
          {
            term: 'Kind',
            detail: image.mediaType && kindOf({ mediaType: image.mediaType, artifactType: null }),
          },
          {
            term: 'Platforms',
            detail: image.platforms.length === 0 ? null : image.platforms.join(', '),
          },
          { term: 'Size', detail: image.size === null ? null : <Size bytes={image.size} /> },
          {
            term: 'Parts',
            detail:
              image.partsTotal === null
                ? null
                : `${formatCount(image.partsDone)} of ${formatCount(image.partsTotal)}`,
          },
          {
            term: 'Signatures',
            detail:
              image.tags.length === 0 ? null : (
                <ul className="flex min-w-0 flex-col">
                  {image.tags.map(({ name, digest }) => (
                    <li key={name} className="flex min-w-0" title={digest}>
                      <Copyable value={name} label="tag" tail={12} />
                    </li>
                  ))}
                </ul>
              ),
          },
          { term: 'Declared', detail: <Time at={image.createdAt} /> },
          { term: 'Stored', detail: image.storedAt && <Time at={image.storedAt} /> },
        ]}
      />
    </Panel>
  )
}

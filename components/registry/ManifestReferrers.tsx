import { BadgeCheck, FileText, type LucideIcon, Paperclip, ScrollText } from 'lucide-react'
import Link from 'next/link'
import { kindOf, shortDigest } from '@/components/registry/kinds'
import { manifestHref } from '@/components/registry/places'
import { Badge } from '@/components/ui/Badge'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import { Snippet } from '@/components/ui/Snippet'
import type { ManifestDetail } from '@/server/oci/schema'

function iconOf(kind: string): LucideIcon {
  if (kind === 'Signature') return BadgeCheck
  if (kind.startsWith('SBOM')) return ScrollText
  return kind === 'Attestation' ? FileText : Paperclip
}

interface ManifestReferrersProps {
  manifest: ManifestDetail
  host: string
}

/** Signatures, attestations and whatever else is about a manifest. */
export function ManifestReferrers({ manifest, host }: ManifestReferrersProps) {
  const { referrers } = manifest
  if (referrers.length === 0) {
    return (
      <Panel title="No signatures yet">
        <div className="flex flex-col gap-3">
          <p className="text-ink-muted text-sm">
            Signatures, attestations and bills of material are pushed beside an image and show here.
          </p>
          <Snippet
            code={`cosign sign ${host}/${manifest.name}@${manifest.digest}`}
            label="command that signs it"
          />
        </div>
      </Panel>
    )
  }
  return (
    <Panel title="Signatures and other referrers" padding="flush">
      <ul className="divide-y divide-line">
        {referrers.map((referrer) => {
          const kind = kindOf(referrer)
          const Icon = iconOf(kind)
          return (
            <li
              key={referrer.digest}
              className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm"
            >
              <Icon aria-hidden size={15} className="shrink-0 text-ok" />
              <span>{kind}</span>
              <Link
                href={manifestHref(manifest, referrer.digest)}
                title={referrer.digest}
                className="rounded-sm font-mono text-accent text-xs hover:underline"
              >
                {shortDigest(referrer.digest)}
              </Link>
              <Badge>{referrer.tag === null ? 'by its subject' : 'by a tag'}</Badge>
              <span className="ml-auto text-ink-muted">
                <Size bytes={referrer.size} />
              </span>
              <code className="basis-full break-words pl-7 font-mono text-ink-muted text-xs">
                {referrer.artifactType ?? referrer.mediaType}
              </code>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

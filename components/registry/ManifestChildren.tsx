import Link from 'next/link'
import { kindOf, shortDigest } from '@/components/registry/kinds'
import { manifestHref } from '@/components/registry/places'
import { Badge } from '@/components/ui/Badge'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import type { ManifestDetail } from '@/server/oci/schema'

/** The manifests of an index, by platform; what was never pushed says so. */
export function ManifestChildren({ manifest }: { manifest: ManifestDetail }) {
  const { children } = manifest
  return (
    <Panel title={children.length === 1 ? 'One platform' : `${children.length} platforms`} padding="flush">
      <table className="w-full text-sm max-sm:block">
        <thead className="max-sm:hidden">
          <tr className="border-line border-b text-left text-ink-muted text-xs">
            <th className="h-9 px-4 font-normal">Platform</th>
            <th className="px-4 font-normal">Manifest</th>
            <th className="px-4 font-normal">Kind</th>
            <th className="px-4 text-right font-normal">Size</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line max-sm:block">
          {children.map((child) => (
            <tr
              key={child.digest}
              className="max-sm:flex max-sm:flex-wrap max-sm:gap-x-3 max-sm:gap-y-1 max-sm:py-2.5"
            >
              <td className="px-4 py-2 max-sm:basis-full max-sm:py-0">
                {child.platform ?? <span className="text-ink-faint">not said</span>}
              </td>
              <td className="px-4 py-2 max-sm:py-0">
                {child.isHere ? (
                  <Link
                    href={manifestHref(manifest, child.digest)}
                    title={child.digest}
                    className="rounded-sm font-mono text-accent text-xs hover:underline"
                  >
                    {shortDigest(child.digest)}
                  </Link>
                ) : (
                  <span title={child.digest} className="font-mono text-xs">
                    {shortDigest(child.digest)}
                  </span>
                )}
              </td>
              <td className="px-4 py-2 max-sm:py-0">
                {child.isHere ? (
                  kindOf({ mediaType: child.mediaType, artifactType: null })
                ) : (
                  <Badge tone="attention">not here</Badge>
                )}
              </td>
              <td className="px-4 py-2 text-right max-sm:py-0">
                <Size bytes={child.size} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {children.length === 0 && <p className="px-4 py-6 text-ink-muted text-sm">It lists nothing.</p>}
    </Panel>
  )
}

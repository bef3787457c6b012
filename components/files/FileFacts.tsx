import Link from 'next/link'
import { integrityShown } from '@/components/files/integrity-shown'
import { Copyable } from '@/components/ui/Copyable'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import { Time } from '@/components/ui/Time'
import type { FileDetail, Redirect } from '@/server/mirror/schema'

/** What is known of a file, at the right of its page. */
export function FileFacts({ file }: { file: FileDetail }) {
  const expected = integrityShown(file.expectedIntegrity)
  return (
    <Panel title="Facts">
      <DefinitionList
        items={[
          {
            term: 'As declared',
            detail:
              file.declaredUri === file.uri ? null : (
                <Copyable value={file.declaredUri} label="declared URL" tail={18} />
              ),
          },
          {
            term: 'SHA-256',
            detail: file.sha256 && <Copyable value={file.sha256} label="SHA-256" tail={10} />,
          },
          {
            term: 'Expected',
            detail: expected && (
              <Copyable value={expected.value} label={`expected ${expected.name}`} tail={10} />
            ),
          },
          { term: 'Size', detail: file.size === null ? null : <Size bytes={file.size} /> },
          {
            term: 'Type',
            detail: file.contentType && <code className="font-mono text-xs">{file.contentType}</code>,
          },
          {
            term: 'Disposition',
            detail: file.contentDisposition && (
              <code className="font-mono text-xs">{file.contentDisposition}</code>
            ),
          },
          {
            term: 'Host',
            detail: (
              <Link
                href={`/files?host=${encodeURIComponent(file.host)}`}
                className="rounded-sm hover:text-accent hover:underline"
              >
                {file.host}
              </Link>
            ),
          },
          { term: 'Came by', detail: file.origin === 'upload' ? 'Upload by hand' : 'Fetch from its URL' },
          { term: 'Stored', detail: file.storedAt && <Time at={file.storedAt} /> },
          { term: 'Declared', detail: <Time at={file.createdAt} /> },
          {
            term: 'ETag there',
            detail: file.upstreamEtag && (
              <Copyable value={file.upstreamEtag} label="ETag of the upstream" tail={8} />
            ),
          },
          {
            term: 'Modified there',
            detail: file.upstreamModifiedAt && <Time at={file.upstreamModifiedAt} />,
          },
          {
            term: 'Redirected',
            detail: file.redirects.length > 0 ? <Redirects redirects={file.redirects} /> : null,
          },
        ]}
      />
    </Panel>
  )
}

function Redirects({ redirects }: { redirects: readonly Redirect[] }) {
  return (
    <ol className="flex min-w-0 flex-col gap-1">
      {redirects.map(({ status, to }) => (
        <li key={`${status} ${to}`} className="flex min-w-0 items-baseline gap-2">
          <span className="shrink-0 text-ink-muted text-xs">{status}</span>
          <MiddleTruncate text={to} tail={16} />
        </li>
      ))}
    </ol>
  )
}

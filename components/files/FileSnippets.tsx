import type { Installation } from '@/components/setup/recipes'
import { snippets } from '@/components/setup/snippets'
import { Panel } from '@/components/ui/Panel'
import { Snippet } from '@/components/ui/Snippet'
import { Tabs } from '@/components/ui/Tabs'
import type { FileDetail } from '@/server/mirror/schema'

/** How each tool gets this very file, ready to paste. */
export function FileSnippets({ file, installation }: { file: FileDetail; installation: Installation }) {
  const tabs = snippets({ uri: file.uri, sha256: file.sha256 }, installation).map(({ id, title, code }) => ({
    value: id,
    label: title,
    content: <Snippet code={code} label={`${title} lines`} />,
  }))
  return (
    <Panel title={file.sha256 === null ? 'Use it, once it is stored' : 'Use it'}>
      <Tabs label="Tools" tabs={tabs} />
    </Panel>
  )
}

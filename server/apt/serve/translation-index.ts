import { parseRelease } from '@/server/apt/format/release'
import type { ServedRelease } from '@/server/apt/serve/find-publication'

const INDEX = /^([^/]+\/i18n\/)Index$/

/**
 * `<component>/i18n/Index`: the translations of a component, as archives listed them before their Release did. apt-mirror asks for
 * it first, and without it takes no translation that gzip compressed; apt then refuses the mirror.
 * @returns undefined for any other path, and for a component that there is not.
 */
export function translationIndex(
  { release }: Pick<ServedRelease, 'release'>,
  path: string,
): string | undefined {
  const [, directory] = INDEX.exec(path) ?? []
  if (directory === undefined) return undefined
  const lines = parseRelease(release).files.flatMap((file) =>
    file.path.startsWith(directory)
      ? `\n ${file.sha256} ${file.size} ${file.path.slice(directory.length)}`
      : [],
  )
  return lines.length === 0 ? undefined : `SHA256:${lines.join('')}\n`
}

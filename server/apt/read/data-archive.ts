import { FormatError } from '@/server/apt/format/format-error'
import { CHANGELOG_HEAD, newestEntry } from '@/server/apt/read/changelog'
import { insidePath } from '@/server/apt/read/inside-path'
import { TarReader, type TarSink } from '@/server/apt/read/tar'

export interface DataFacts {
  /** Of files, symbolic and hard links, in the order of the archive. */
  paths: string[]
  changelog: string | null
}

const MAX_PATH = 4096
/** The first that is there is read: of a native package its own changelog is Debian's. */
const changelogs = ['changelog.Debian.gz', 'changelog.gz'] as const

/**
 * Reads what a data archive holds, without its contents.
 * @param content the archive, unpacked.
 * @param name of the package, for its changelog.
 * @param entries that it may have, directories among them.
 * @param pathLength characters that its paths may have together, so that they fit into memory.
 * @throws FormatError when it is no tar archive, exceeds a limit, or has a path that is too long or leads out of it.
 */
export async function readDataArchive(
  content: AsyncIterable<Uint8Array>,
  { name, entries, pathLength }: { name: string; entries: number; pathLength: number },
): Promise<DataFacts> {
  const paths: string[] = []
  let length = 0
  const heads = new Map<string, Buffer[]>()
  const reader = new TarReader(
    (entry) => {
      const path = insidePath(entry.path, 'data archive')
      if (entry.type === 'directory' || entry.type === 'other' || path === '') return undefined
      length += path.length
      if (length > pathLength)
        throw new FormatError(`The paths in the package have more than ${pathLength} characters together.`)
      paths.push(path)
      const changelog = changelogs.find((one) => path === `usr/share/doc/${name}/${one}`)
      if (entry.type !== 'file' || changelog === undefined) return undefined
      const chunks: Buffer[] = []
      heads.set(changelog, chunks)
      return headOf(chunks, CHANGELOG_HEAD)
    },
    { entries, pathLength: MAX_PATH },
  )
  for await (const chunk of content) reader.push(chunk)
  reader.finish()
  const head = changelogs.map((one) => heads.get(one)).find((chunks) => chunks !== undefined)
  return { paths, changelog: head ? newestEntry(Buffer.concat(head)) : null }
}

/** Keeps the first bytes of what it takes. */
function headOf(chunks: Buffer[], bytes: number): TarSink {
  let left = bytes
  return (chunk) => {
    if (left === 0) return
    const kept = Buffer.from(chunk.subarray(0, left))
    left -= kept.length
    chunks.push(kept)
  }
}

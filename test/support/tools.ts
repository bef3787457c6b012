import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'

/**
 * A test that drives programs. Where one of them is absent the test is skipped and says so; in CI (where `CI` is set) it fails.
 * @param tools names on the path, or absolute paths of files.
 * @param timeoutMs after which it has failed, in milliseconds; vitest's own unless told.
 */
export function itWith(
  tools: string | readonly string[],
  title: string,
  run: () => Promise<void> | void,
  timeoutMs?: number,
): void {
  const absent = [tools].flat().find((tool) => !isInstalled(tool))
  if (absent === undefined) {
    it(title, run, timeoutMs)
    return
  }
  if (process.env.CI) {
    it(title, () => {
      throw new Error(`${absent} must be installed.`)
    })
    return
  }
  console.log(`skipped, because ${absent} is not installed: ${title}`)
  it.skip(`${title} (no ${absent})`, run)
}

/** Found without running it: some programs never end, whatever they are asked. */
function isInstalled(tool: string): boolean {
  const isFile = tool.startsWith('/')
  const places = isFile ? [''] : (process.env.PATH ?? '').split(':')
  return places.some((place) => {
    try {
      accessSync(join(place, tool), isFile ? constants.R_OK : constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

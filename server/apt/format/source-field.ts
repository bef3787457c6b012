import { FormatError } from '@/server/apt/format/format-error'
import { isPackageName } from '@/server/apt/format/names'
import { parseVersion } from '@/server/apt/format/version'

const SOURCE = /^(\S+)(?:\s+\((\S+)\))?$/

/**
 * The source package that a binary package or a .changes was built from (policy 5.6.1): `hello`, or `hello (1.0)` where its version
 * is another.
 * @param value of the field Source; undefined where there is none.
 * @param own name and version of the package itself, which stand in.
 * @throws FormatError when the field names none.
 */
export function parseSourceField(
  value: string | undefined,
  own: { name: string; version: string },
): { name: string; version: string } {
  if (!value) return own
  const [, name = '', version = own.version] = SOURCE.exec(value) ?? []
  if (!isPackageName(name) || !parseVersion(version))
    throw new FormatError(`The field “Source” names no source package: “${value.slice(0, 100)}”.`)
  return { name, version }
}

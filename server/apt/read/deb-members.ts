import { FormatError } from '@/server/apt/format/format-error'
import { AR_HEADER, AR_MAGIC, type ArMember, parseArHeader } from '@/server/apt/read/ar'
import { type Compression, compressionOf } from '@/server/apt/read/decompress'

export interface CompressedMember extends ArMember {
  compression: Compression
}

export interface DebMembers {
  control: CompressedMember
  data: CompressedMember
}

/** Bytes of a file: fewer than were asked for where it ends. */
export type ReadBytes = (start: number, length: number) => Promise<Buffer>

const MAX_MEMBERS = 20

/**
 * Finds the parts of a binary package (deb(5)): `debian-binary`, then the control archive, then the data archive; members whose names
 * begin with `_` may stand between them, and anything after them.
 * @param size of the whole file, in bytes.
 * @throws FormatError when a part is missing, out of order, or larger than the file.
 */
export async function findMembers(read: ReadBytes, size: number): Promise<DebMembers> {
  const magic = await read(0, AR_MAGIC.length)
  if (magic.toString('latin1') !== AR_MAGIC)
    throw new FormatError('This is not a Debian package: it does not begin as one.')
  const members = new Members(read, size)
  const version = await members.next('debian-binary')
  if (version.name !== 'debian-binary')
    throw new FormatError(`This is not a Debian package: it begins with “${version.name}”.`)
  await checkVersion(read, version)
  const control = await members.next('control.tar')
  const controlCompression = compressionOf(control.name, 'control.tar')
  if (control.name.startsWith('data.tar'))
    throw new FormatError('The package has its data before its control archive.')
  if (controlCompression === undefined)
    throw new FormatError(`The package has “${control.name}” where its control archive should be.`)
  const data = await members.next('data.tar')
  const dataCompression = compressionOf(data.name, 'data.tar')
  if (data.name.startsWith('control.tar')) throw new FormatError('The package has two control archives.')
  if (dataCompression === undefined)
    throw new FormatError(`The package has “${data.name}” where its data archive should be.`)
  return {
    control: { ...control, compression: controlCompression },
    data: { ...data, compression: dataCompression },
  }
}

/** The members of an archive, one after another. */
class Members {
  private at = AR_MAGIC.length
  private seen = 0
  private readonly read: ReadBytes
  private readonly size: number

  constructor(read: ReadBytes, size: number) {
    this.read = read
    this.size = size
  }

  /**
   * The next whose name does not begin with `_`.
   * @param wanted names it when the archive ends before.
   */
  async next(wanted: string): Promise<ArMember> {
    for (;;) {
      this.seen += 1
      if (this.seen > MAX_MEMBERS) throw new FormatError('The package has too many parts.')
      const header = await this.read(this.at, AR_HEADER)
      if (header.length < AR_HEADER)
        throw new FormatError(`The package is cut off: it ends before its “${wanted}”.`)
      const member = parseArHeader(header, this.at)
      if (member.start + member.size > this.size)
        throw new FormatError(
          `The package is cut off: its “${member.name}” should have ${member.size} bytes, and ${this.size - member.start} are there.`,
        )
      this.at = member.start + member.size + (member.size % 2)
      if (!member.name.startsWith('_')) return member
    }
  }
}

async function checkVersion(read: ReadBytes, { start, size }: ArMember): Promise<void> {
  const text = (await read(start, Math.min(size, 100))).toString('latin1')
  if (!/^2\.[0-9]+(\n|$)/.test(text))
    throw new FormatError(`The package’s format is “${text.slice(0, 20).trim()}”; only 2 is known.`)
}

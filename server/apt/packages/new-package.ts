import type { PackageType } from '@/server/apt/packages/schema'

/** A file of a package at its place in the pool. Its blob is recorded already. */
export interface NewFile {
  /** From the repository's root: `pool/main/h/hello/hello_1.0_amd64.deb`. */
  path: string
  sha256: string
  sha1: string
  md5: string
  /** In bytes. */
  size: number
}

/** A package as it was read, before it has a row; the fields are those of AptPackage. */
export interface NewPackage {
  type: PackageType
  name: string
  version: string
  /** `source` for sources. */
  architecture: string
  sourceName: string
  sourceVersion: string
  component: string
  section: string | null
  priority: string | null
  maintainer: string | null
  summary: string
  description: string | null
  descriptionMd5: string | null
  stanza: string
  contents: string | null
  changelog: string | null
  provides: string[]
  dependsOn: string[]
  files: NewFile[]
}

'use client'

import { declareFile } from '@/components/declare/queries'
import { fileKeys } from '@/components/files/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { UseList } from '@/components/uses/UseList'
import type { FileDetail } from '@/server/mirror/schema'

/** Who uses a file and why. */
export function FileUses({ file }: { file: FileDetail }) {
  return (
    <UseList
      uses={file.uses}
      refusal={useRefusal('file.declare')}
      declare={(use) => declareFile({ uri: file.uri, ...use })}
      invalidates={[fileKeys.all]}
    />
  )
}

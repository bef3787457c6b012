import { expect, it } from 'vitest'
import { uploadColumns } from '@/components/apt/uploads/upload-columns'
import { csvOf } from '@/components/ui/csv'
import type { UploadSummary } from '@/server/apt/uploads/schema'

const upload: UploadSummary = {
  ...{ id: '0', repository: 'platform', branch: 'unstable', via: 'put', state: 'accepted' },
  ...{ actorName: 'Anna', changesName: 'hello_1.0_amd64.changes', source: 'hello', version: '1.0' },
  ...{ signer: 'Ben <ben@example.org>', files: 3, size: 1200, error: null },
  ...{ createdAt: '2026-11-21T10:00:00Z', finishedAt: '2026-11-21T10:00:01Z' },
}

it('saves who signed an upload beside who sent it', () => {
  const [names = '', signed, unsigned] = csvOf(uploadColumns('platform'), [
    upload,
    { ...upload, signer: null },
  ]).split('\r\n')
  expect(names.split(',')).toEqual('Upload,State,Branch,By,Signed by,Through,Files,Size,When'.split(','))
  expect(signed).toBe(
    'hello 1.0,accepted,unstable,Anna,Ben <ben@example.org>,put,3,1200,2026-11-21T10:00:00Z',
  )
  expect(unsigned).toContain(',Anna,,put,')
})

import type { ClusterDocuments, HintDocument } from '@/server/storage/cluster-documents'
import type { YtClient } from '@/server/yt/client'
import { child, tagsNode } from '@/server/yt/ypath'
import { YT, YtError, ytFault } from '@/server/yt/yt-error'

/** Layer hints as nodes of the type `document` (origin 001, “ytrepositorymiddleware”). */
export class YtDocuments implements ClusterDocuments {
  constructor(private readonly client: YtClient) {}

  async setTag(name: string, tag: string, value: HintDocument[string], token?: string): Promise<void> {
    const node = tagsNode(name)
    const set = () => this.client.set(child(node, tag), value, token)
    await faultless(
      set().catch(async (error) => {
        if (!isAbsent(error)) throw error
        await this.make(node, token)
        await set()
      }),
    )
  }

  async removeTag(name: string, tag: string, token?: string): Promise<void> {
    await faultless(this.client.remove(child(tagsNode(name), tag), token))
  }

  async replace(name: string, document: HintDocument | undefined, token?: string): Promise<void> {
    const node = tagsNode(name)
    if (document === undefined) return await faultless(this.client.remove(node, token))
    const set = () => this.client.set(node, document, token)
    await faultless(this.make(node, token).then(set))
  }

  private make(path: string, token: string | undefined): Promise<void> {
    const node = { path, type: 'document', recursive: true, ignore_existing: true, attributes: { value: {} } }
    return this.client.create(node, token)
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof YtError && error.has(YT.resolve)
}

/** What is absent is removed already. */
async function faultless(work: Promise<void>): Promise<void> {
  await work.catch((error) => {
    if (!isAbsent(error)) throw ytFault(error)
  })
}

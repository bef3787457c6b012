import { z } from 'zod'

const layers = z.array(z.string())

/** The places of the layers of each tag, in order; of an index one list for each platform instead. */
export const hintDocument = z
  .record(z.string(), z.union([layers, z.record(z.string(), layers)]))
  .meta({ id: 'HintDocument' })

export const hintParams = z.object({
  cluster: z.string().min(1).max(63),
  /** Of a repository. */
  name: z.string().min(1).max(255),
})

export const hintFormatQuery = z.object({ format: z.enum(['json', 'yson']).optional() })

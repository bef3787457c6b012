import type { Connection } from '@/scripts/entrepot/connection'

/** What a check found. */
export type Finding =
  | { state: 'good'; detail: string }
  | { state: 'bad'; detail: string; advice: string }
  /** It cannot be known from here. */
  | { state: 'unknown'; detail: string }

export interface Check {
  name: string
  run(connection: Connection): Promise<Finding>
}

export const good = (detail: string): Finding => ({ state: 'good', detail })
export const bad = (detail: string, advice: string): Finding => ({ state: 'bad', detail, advice })
export const unknown = (detail: string): Finding => ({ state: 'unknown', detail })

/** The shortest truth about an error. */
export function reasonOf(error: unknown): string {
  const { code, cause } = error as { code?: string; cause?: { code?: string; message?: string } }
  return cause?.message || cause?.code || (error instanceof Error && error.message) || code || String(error)
}

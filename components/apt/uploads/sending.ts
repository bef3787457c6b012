export interface Sending {
  id: number
  file: File
  state: 'waiting' | 'sending' | 'done' | 'refused'
  /** Bytes that have left. */
  sent: number
  error?: string
}

const PACKAGE = /\.(deb|udeb|ddeb)$/i

/** Why a file cannot be sent from here; undefined when it can. */
function obstacleTo({ name, size }: Pick<File, 'name' | 'size'>): string | undefined {
  if (!PACKAGE.test(name)) {
    return 'Only .deb, .udeb and .ddeb come this way. Send sources with dput or dupload.'
  }
  return size === 0 ? 'The file is empty.' : undefined
}

/** A dropped file in the queue. */
export function queued(file: File, id: number): Sending {
  const error = obstacleTo(file)
  return { id, file, state: error === undefined ? 'waiting' : 'refused', sent: 0, ...(error && { error }) }
}

/** The queue with one of it changed. */
export function changed(queue: readonly Sending[], id: number, patch: Partial<Sending>): Sending[] {
  return queue.map((one) => (one.id === id ? { ...one, ...patch } : one))
}

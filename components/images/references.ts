/** One reference of the pasted text. */
export interface ReferenceLine {
  /** Line of the text it stands on, from 1. */
  number: number
  reference: string
}

/** What Dockerfiles, manifests, commands and lists put before a reference. */
const BEFORE = /^(?:FROM\s+(?:--platform=\S+\s+)?|image:\s*|(?:docker|podman|nerdctl)\s+pull\s+|docker:\/\/)/i
const AROUND = /^["'`<(]+|["'`>),;]+$/g

/**
 * The references of a pasted text, in order, one to a line: as they are, or as a Dockerfile, a manifest or a command
 * has them. Comments (`# …`) and blank lines are left out; all else stays, so that the person is told about it.
 */
export function parseReferences(text: string): ReferenceLine[] {
  return text.split('\n').flatMap((line, index) => {
    const trimmed = line
      .trim()
      .replace(/^[-*•]\s+/, '')
      .replace(BEFORE, '')
    const [word = ''] = trimmed.split(/\s+(?:as\s+\S+)?$|\s+#/i)
    const reference = word.replace(AROUND, '').replace(/^docker:\/\//, '')
    return reference === '' || reference.startsWith('#') ? [] : [{ number: index + 1, reference }]
  })
}

/** Whether the reference names a digest, as only those are declared. */
export function hasDigest(reference: string): boolean {
  return /@sha(256|512):/.test(reference)
}

/** Whether the reference could be resolved: it looks like an image's name, with a tag or without. */
export function isResolvable(reference: string): boolean {
  return !hasDigest(reference) && /^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w.-]+)?$/.test(reference)
}

/** The text with one reference in place of another, wherever it stands. */
export function replaceReference(text: string, before: string, after: string): string {
  return text
    .split('\n')
    .map((line) => (parseReferences(line)[0]?.reference === before ? after : line))
    .join('\n')
}

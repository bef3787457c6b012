/** A text or file that is not what its grammar says. The message is a sentence for the person who sent it. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  /** Of the text, from 1; undefined where it has none. */
  readonly line: number | undefined

  constructor(message: string, line?: number) {
    super(message)
    this.line = line
  }
}

/** Why Entrepôt cannot start, in words for the person who starts it; it ends the process without a stack. */
export class StartProblem extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message)
    this.name = 'StartProblem'
  }
}

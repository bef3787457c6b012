/** A name in a list of a branch: everything that the list says about it is looked at again. */
export interface Touched {
  list: string
  name: string
}

/** How many more, or fewer, there are. */
export interface Delta {
  packages: number
  sources: number
  /** In bytes. */
  size: bigint
}

export interface BranchChange {
  /** The names of each list; all of it where everything is to be made anew. */
  touched: Map<string, Set<string>> | 'everything'
  delta: Delta
}

/** What a change did to the branches it holds: what publishing has to look at. */
export class BranchChanges {
  readonly #changes = new Map<string, BranchChange>()

  /** Says that these names of the branch changed. Without names only its Release is made anew. */
  touch(branchId: string, places: Iterable<Touched> = []): void {
    const { touched } = this.#of(branchId)
    if (touched === 'everything') return
    for (const { list, name } of places) {
      const names = touched.get(list)
      if (names === undefined) touched.set(list, new Set([name]))
      else names.add(name)
    }
  }

  /** Says that every list of the branch is to be made anew from what is in the branch. */
  touchAll(branchId: string): void {
    this.#of(branchId).touched = 'everything'
  }

  /** Says how the number of packages and their bytes changed. */
  count(branchId: string, { packages, sources, size }: Delta): void {
    const { delta } = this.#of(branchId)
    delta.packages += packages
    delta.sources += sources
    delta.size += size
  }

  /** Takes in what another change did. */
  merge(other: BranchChanges): void {
    for (const [branchId, { touched, delta }] of other.entries()) {
      this.touch(branchId)
      if (touched === 'everything') this.touchAll(branchId)
      else
        for (const [list, names] of touched)
          this.touch(
            branchId,
            [...names].map((name) => ({ list, name })),
          )
      this.count(branchId, delta)
    }
  }

  /** What changed, by the id of the branch. */
  entries(): ReadonlyMap<string, BranchChange> {
    return this.#changes
  }

  #of(branchId: string): BranchChange {
    const known = this.#changes.get(branchId)
    if (known !== undefined) return known
    const change: BranchChange = { touched: new Map(), delta: { packages: 0, sources: 0, size: 0n } }
    this.#changes.set(branchId, change)
    return change
  }
}

/** Each figure is the median of this many rounds, ours and the peer's in turn, so that both meet the same machine. */
export const ROUNDS = 3

/** @param ours @param peer measure once; they are told which round it is. */
export async function inTurn(
  ours: (round: number) => Promise<number>,
  peer: (round: number) => Promise<number>,
): Promise<{ ours: number; peer: number }> {
  const figures: { ours: number[]; peer: number[] } = { ours: [], peer: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    figures.ours.push(await ours(round))
    figures.peer.push(await peer(round))
  }
  return { ours: median(figures.ours), peer: median(figures.peer) }
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

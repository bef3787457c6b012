/**
 * Works off a queue, some items at a time; the work may add to the queue. After a failure nothing new is begun, and what is
 * under way is let finish.
 * @throws what failed first.
 */
export async function inParallel<Item>(
  queue: Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>()
  let failure: { error: unknown } | undefined
  while (running.size > 0 || (queue.length > 0 && failure === undefined)) {
    while (running.size < width && queue.length > 0 && failure === undefined) {
      const one: Promise<void> = work(queue.shift() as Item)
        .catch((error) => {
          failure ??= { error }
        })
        .finally(() => running.delete(one))
      running.add(one)
    }
    if (running.size > 0) await Promise.race(running)
  }
  if (failure) throw failure.error
}

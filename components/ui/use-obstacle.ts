'use client'

import { useState } from 'react'

/** Why something cannot be sent now, told once somebody has tried to. */
export interface Obstacle {
  /** Undefined: it can be sent. */
  reason: string | undefined
  /** What is to be told, until the reason is another one. */
  said: string | undefined
  /** To be called when somebody tries. */
  say: () => void
}

/** @param reason why it cannot be sent. */
export function useObstacle(reason: string | undefined): Obstacle {
  const [said, setSaid] = useState<string>()
  if (said !== undefined && said !== reason) setSaid(undefined)
  return { reason, said, say: () => setSaid(reason) }
}

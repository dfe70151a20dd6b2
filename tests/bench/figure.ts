/** What one figure came to. */
export interface Measured {
  readonly value: number
  /** The same without Berth, measured in the same run; null where there is nothing to compare with. */
  readonly floor: number | null
}

/** One figure: a file of its own in `figures/`, measured against the built program and the real tools. */
export interface Figure {
  readonly name: string
  readonly unit: 'ms' | '%' | 'MB' | 'MB/s'
  /** What is to be reached, in words. */
  readonly reach: string
  readonly isReached: (measured: Measured) => boolean
  /** `say` tells what is going on, and anything else worth knowing of this run. */
  measure(say: (line: string) => void): Promise<Measured>
}

/** Reached when the value is at most `factor` times the floor. */
export function atMostTimes(factor: number): Pick<Figure, 'reach' | 'isReached'> {
  return { reach: `≤ ${factor} ×`, isReached: ({ value, floor }) => floor !== null && value <= factor * floor }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function p95(values: readonly number[]): number {
  return quantile(values, 0.95)
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]
  if (value === undefined) throw new Error('Nothing was measured')
  return value
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

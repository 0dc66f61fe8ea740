/** One figure: what, ours, the peer's, in the same unit. */
export interface Figure {
  readonly what: string
  readonly unit: string
  readonly ours: number | null
  readonly peer: string
  /** Null where the peer is not at hand. */
  readonly peers: number | null
  /** How many times better ours is, whichever way the unit goes; null without a peer. */
  readonly ratio: number | null
  /** The same in processor time where it was measured: what others do on the machine counts less in it. */
  readonly cpuRatio?: number | null
  /** What the ratio is to be at least. */
  readonly wanted?: number
}

type Compared = Pick<Figure, 'what' | 'unit' | 'ours' | 'peer' | 'peers' | 'wanted' | 'cpuRatio'>

const divide = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a / b)

/** Gives a figure of which more is better (documents per second). */
export const moreIsBetter = (figure: Compared): Figure => ({ ...figure, ratio: divide(figure.ours, figure.peers) })

/** Gives a figure of which less is better (milliseconds, MiB). */
export const lessIsBetter = (figure: Compared): Figure => ({ ...figure, ratio: divide(figure.peers, figure.ours) })

const round = (value: number | null): string => (value === null ? '-' : value.toFixed(value < 10 ? 2 : 0))

/** Gives a figure as a line of the table. */
export function describeFigure(
  name: string,
  { what, unit, ours, peer, peers, ratio, cpuRatio, wanted }: Figure,
): string {
  const own = `${name.padEnd(7)} ${what.padEnd(52)} ${round(ours).padStart(6)} ${unit.padEnd(6)}`
  if (peer === '') return own
  const told = `${round(ratio)}x${cpuRatio === undefined ? '' : ` (processor time ${round(cpuRatio)}x)`}`
  return `${own} ${peer} ${round(peers)}  ratio ${told}${wanted === undefined ? '' : `, wanted ${wanted}`}`
}

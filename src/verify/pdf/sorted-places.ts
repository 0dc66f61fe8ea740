/** Takes places in rising order; gives the first one behind `start`, undefined where there is none. */
export function firstBehind(places: readonly number[], start: number): number | undefined {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) <= start) low = middle + 1
    else high = middle
  }
  return places[low]
}

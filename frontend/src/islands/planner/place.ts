/** Where a piece stands: a day and two quarters of an hour, counted from midnight by the clock on the wall. */

export interface Place {
  day: string
  from: number
  to: number
}

export interface Shade {
  kind: string
  from: number
  to: number
}

const DAY = 96
const pad = (n: number): string => String(n).padStart(2, '0')

/** 42 → 10:30; the end of the day is 00:00, as forms write it. */
export const clock = (quarter: number): string => `${pad(Math.floor((quarter % DAY) / 4))}:${pad((quarter % 4) * 15)}`

/** Move by days and quarters; a piece never leaves its day through top or bottom. Null beyond the shown days. */
export function moved(place: Place, days: readonly string[], byDays: number, byQuarters: number): Place | null {
  const day = days[days.indexOf(place.day) + byDays]
  if (!day) return null
  const length = place.to - place.from
  const from = Math.max(0, Math.min(DAY - length, place.from + byQuarters))
  return { day, from, to: from + length }
}

/** Let a piece end earlier or later, a quarter of an hour at least. */
export function resized(place: Place, byQuarters: number): Place {
  return { ...place, to: Math.max(place.from + 1, Math.min(DAY, place.to + byQuarters)) }
}

/** Whether all of a place lies in stretches that are worked. */
export function isWorked(place: Place, shades: readonly Shade[]): boolean {
  const open = shades.filter(shade => shade.kind !== 'lunch').sort((a, b) => a.from - b.from)
  let reached = place.from
  for (const shade of open) if (shade.from <= reached && shade.to > reached) reached = shade.to
  return reached >= place.to
}

/** The first of these that stands in the way, or undefined. */
export const inTheWay = <T extends Place>(place: Place, others: readonly T[]): T | undefined =>
  others.find(other => other.day === place.day && other.from < place.to && place.from < other.to)

/** Replace {name} in a sentence. */
export const fill = (sentence: string, values: Record<string, string>): string =>
  sentence.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)

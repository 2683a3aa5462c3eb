/** From minutes to pixels, and the two lines of dates above a chart. */
import { DAY, type Chart, type Days, dayOf, type Minute } from './model'

export const ZOOMS = { day: 36, week: 16, month: 6, quarter: 2.2 } as const
export type Zoom = keyof typeof ZOOMS
export const isZoom = (name: string): name is Zoom => name in ZOOMS
const MARGIN = 14
const LONGEST = 1_500

export class Scale {
  readonly perDay: number
  constructor(
    readonly zoom: Zoom,
    readonly first: number,
    readonly last: number,
  ) {
    this.perDay = ZOOMS[zoom]
  }

  get width(): number {
    return (this.last - this.first + 1) * this.perDay
  }

  x = (at: Minute): number => ((at - this.first * DAY) / DAY) * this.perDay
  /** The day at a place. */
  day = (x: number): number => this.first + Math.floor(x / this.perDay)
}

/** A scale over every bar, today and some days around them. */
export function scaleOf(chart: Chart, zoom: Zoom): Scale {
  const today = dayOf(chart.now)
  let first = today
  let last = today + 14
  for (const task of chart.tasks) {
    for (const at of [task.start, task.due, ...(task.base ?? [])]) {
      if (at === null) continue
      const day = dayOf(at)
      if (Math.abs(day - today) > LONGEST) continue // a slip of the pen must not make a kilometre of chart
      first = Math.min(first, day)
      last = Math.max(last, day)
    }
  }
  return new Scale(zoom, first - MARGIN, last + MARGIN + Math.ceil(400 / ZOOMS[zoom] / 7) * 7)
}

export interface Tick {
  day: number
  days: number
  label: string
}

const monthStart = (day: number): number => {
  const date = new Date(day * 86_400_000)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 86_400_000
}
const nextMonth = (day: number, months = 1): number => {
  const date = new Date(day * 86_400_000)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / 86_400_000
}
const quarterStart = (day: number): number => {
  const date = new Date(day * 86_400_000)
  return Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3, 1) / 86_400_000
}

function span(from: number, to: number, start: (day: number) => number, next: (day: number) => number, label: (day: number) => string): Tick[] {
  const ticks: Tick[] = []
  for (let day = start(from); day <= to; day = next(day)) ticks.push({ day, days: next(day) - day, label: label(day) })
  return ticks
}

const format = (options: Intl.DateTimeFormatOptions, language: string) => {
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' })
  return (day: number): string => made.format(day * 86_400_000)
}

/** The upper and the lower line of dates from one day to another. */
export function ticks(scale: Scale, from: number, to: number, language: string): [Tick[], Tick[]] {
  const month = format({ year: 'numeric', month: 'long' }, language)
  const year = format({ year: 'numeric' }, language)
  const months = span(from, to, monthStart, day => nextMonth(day), month)
  const yearStart = (day: number): number => Date.UTC(new Date(day * 86_400_000).getUTCFullYear(), 0, 1) / 86_400_000
  const years = span(from, to, yearStart, day => nextMonth(day, 12), year)
  const monday = (day: number): number => day - ((day + 3) % 7)
  switch (scale.zoom) {
    case 'day':
      return [months, span(from, to, day => day, day => day + 1, day => String(new Date(day * 86_400_000).getUTCDate()))]
    case 'week':
      return [months, span(from, to, monday, day => day + 7, format({ month: '2-digit', day: '2-digit' }, language))]
    case 'month':
      return [years, span(from, to, monthStart, day => nextMonth(day), format({ month: 'short' }, language))]
    case 'quarter':
      return [years, span(from, to, quarterStart, day => nextMonth(day, 3), day => `Q${Math.floor(new Date(day * 86_400_000).getUTCMonth() / 3) + 1}`)]
  }
}

/** Stretches of days off between two days, as [first, days, kind]. */
export function daysOff(days: Days, from: number, to: number): [number, number, 'weekend' | 'holiday'][] {
  const found: [number, number, 'weekend' | 'holiday'][] = []
  for (let day = from; day <= to; day++) {
    if (!days.isOff(day)) continue
    const kind = days.isHoliday(day) ? 'holiday' : 'weekend'
    const before = found.at(-1)
    if (before && before[0] + before[1] === day && before[2] === kind) before[1]++
    else found.push([day, 1, kind])
  }
  return found
}

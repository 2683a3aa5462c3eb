/** Draws the rows of a chart as SVG. Colours come from the style sheet, so that both themes follow. */
import { type Chart, DAY, dayOf, type GroupRow, iso, isOpen, type KeyNode, loadOf, type Minute, type Row, slip, type Task } from './model'
import { daysOff, type Scale, type Tick, ticks } from './scale'

const NS = 'http://www.w3.org/2000/svg'
export const HEAD = 48
const CAPACITY = 480
type Attributes = Record<string, string | number>

export function shape(name: string, attributes: Attributes = {}, ...inside: (Element | string)[]): SVGElement {
  const made = document.createElementNS(NS, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  made.append(...inside)
  return made
}

export interface View {
  chart: Chart
  rows: readonly Row[]
  /** Row number of each task. */
  places: ReadonlyMap<number, number>
  scale: Scale
  row: number
  from: number
  to: number
  /** The visible stretch of the chart, in pixels. */
  left: number
  right: number
  /** Where the part that is not under the tree begins. */
  seen: number
  critical: boolean
  byOwner: boolean
  chosenLink: number | null
  touched: ReadonlySet<number>
  words: Record<string, string>
  language: string
  /** A shift of one bar that has not been accepted yet, in minutes of its ends. */
  pending: { id: number; start: Minute; due: Minute } | null
}

/** The dates above the chart. */
export function drawHead(view: View): SVGElement[] {
  const { scale } = view
  const from = scale.day(view.left) - 1
  const to = scale.day(view.right) + 1
  const [upper, lower] = ticks(scale, from, to, view.language)
  const lines = [...upper.map(tick => upperTick(tick, view)), ...lower.map(tick => lowerTick(tick, view))]
  const today = scale.x(view.chart.now)
  return [...lines, shape('circle', { class: 'today-dot', cx: today, cy: HEAD - 3, r: 3 })]
}

function upperTick(tick: Tick, view: View): SVGElement {
  const x = view.scale.x(tick.day * DAY)
  // The month stays readable while its days scroll by.
  const end = x + tick.days * view.scale.perDay
  const at = Math.max(x, view.seen) + 8
  const line = shape('line', { class: 'tick', x1: x, x2: x, y1: 0, y2: HEAD })
  return at + 72 > end ? line : shape('g', {}, line, shape('text', { class: 'tick-upper', x: at, y: 18 }, tick.label))
}

function lowerTick(tick: Tick, view: View): SVGElement {
  const { scale, chart } = view
  const x = scale.x(tick.day * DAY)
  const width = tick.days * scale.perDay
  const isDay = tick.days === 1
  const off = isDay && chart.days.isOff(tick.day)
  const css = ['tick-lower', off ? 'is-off' : '', isDay && chart.days.isMadeUp(tick.day) ? 'is-made-up' : ''].join(' ')
  const label = shape('text', { class: css, x: x + width / 2, y: 38, 'text-anchor': 'middle' }, tick.label)
  const name = isDay ? chart.days.nameOf(tick.day) : ''
  if (name) label.append(shape('title', {}, name))
  return shape('g', {}, shape('line', { class: 'tick', x1: x, x2: x, y1: 24, y2: HEAD }), label)
}

/** Days off, grid lines and today behind the rows from..to; y = 0 is the top of row `from`. */
export function drawGround(view: View): SVGElement[] {
  const { scale, chart } = view
  const height = (view.to - view.from) * view.row
  const from = scale.day(view.left) - 1
  const to = scale.day(view.right) + 1
  const found: SVGElement[] = []
  if (scale.perDay >= 6) {
    for (const [day, days, kind] of daysOff(chart.days, from, to)) {
      const rect = shape('rect', { class: `off ${kind}`, x: scale.x(day * DAY), y: 0, width: days * scale.perDay, height })
      const name = chart.days.nameOf(day)
      if (name) rect.append(shape('title', {}, name))
      found.push(rect)
    }
  }
  for (const tick of ticks(scale, from, to, view.language)[scale.zoom === 'day' ? 0 : 1]) {
    const x = scale.x(tick.day * DAY)
    found.push(shape('line', { class: 'line', x1: x, x2: x, y1: 0, y2: height }))
  }
  for (let n = view.from; n < view.to; n++) {
    const y = (n - view.from + 1) * view.row
    if (view.rows[n]?.kind === 'group') found.push(shape('rect', { class: 'group-ground', x: view.left, y: y - view.row, width: view.right - view.left, height: view.row }))
    found.push(shape('line', { class: 'line', x1: view.left, x2: view.right, y1: y, y2: y }))
  }
  const x = scale.x(chart.now)
  found.push(shape('line', { class: 'today', x1: x, x2: x, y1: 0, y2: height }))
  return found
}

/** The bars of the rows from..to. */
export function drawRows(view: View): SVGElement[] {
  const found: SVGElement[] = []
  for (let n = view.from; n < view.to; n++) {
    const row = view.rows[n]
    if (!row) continue
    const y = (n - view.from) * view.row
    if (row.kind === 'task') found.push(...drawTask(row.task, y, view))
    else if (view.byOwner) found.push(...drawLoad(row.tasks, y, view))
    else found.push(...drawProject(row, y, view))
  }
  return found
}

const nodeText = (node: KeyNode, words: Record<string, string>): string =>
  fill(words[node.reached ? 'nodeReached' : node.missed ? 'nodeMissed' : 'node'] ?? '', { title: node.title, day: iso(dayOf(node.due)) })

/** The key nodes of a project in words. */
export const nodesOf = (chart: Chart, project: number | null, words: Record<string, string>): string[] =>
  chart.nodes.filter(node => node.project === project).map(node => nodeText(node, words))

/** The stretch of a project's tasks, and its key nodes on it. */
function drawProject(row: GroupRow, y: number, view: View): SVGElement[] {
  const found = row.start !== null && row.due !== null ? [drawSummary(row.start, row.due, y, view)] : []
  for (const node of view.chart.nodes) {
    if (node.project !== row.id) continue
    const x = view.scale.x(node.due)
    const state = node.reached ? 'is-reached' : node.missed ? 'is-missed' : ''
    const sign = shape('rect', { x: -7, y: -7, width: 14, height: 14, rx: 2, transform: `translate(${x} ${y + view.row / 2}) rotate(45)` })
    found.push(shape('g', { class: `node ${state}` }, sign, shape('title', {}, nodeText(node, view.words))))
  }
  return found
}

function drawSummary(start: Minute, due: Minute, y: number, view: View): SVGElement {
  const x = view.scale.x(start)
  const width = Math.max(4, view.scale.x(due) - x)
  const top = y + view.row / 2 - 3
  return shape('path', { class: 'summary', d: `M${x} ${top}h${width}v9l-5 -5h${10 - width}l-5 5z` })
}

/** Hours a day of one person against eight, where there is room for a number; else a colour alone says nothing. */
function drawLoad(tasks: readonly Task[], y: number, view: View): SVGElement[] {
  const { scale } = view
  const step = scale.perDay >= 30 ? 1 : 7
  const load = loadOf(tasks, view.chart.days)
  const sums = new Map<number, [number, number]>()
  for (const [day, minutes] of load) {
    const start = step === 1 ? day : day - ((day + 3) % 7)
    sums.set(start, [(sums.get(start)?.[0] ?? 0) + minutes, 0])
  }
  const found: SVGElement[] = []
  for (const [start, [minutes]] of sums) {
    let worked = 0
    for (let day = start; day < start + step; day++) if (!view.chart.days.isOff(day)) worked++
    const over = minutes > Math.max(1, worked) * CAPACITY + 1
    const x = scale.x(start * DAY)
    const width = step * scale.perDay
    const hours = Math.round((minutes / 60) * 10) / 10
    const cell = shape('g', { class: over ? 'load is-over' : 'load' }, shape('rect', { x: x + 1, y: y + 7, width: Math.max(2, width - 2), height: view.row - 14, rx: 3 }))
    if (width >= 30) cell.append(shape('text', { x: x + width / 2, y: y + view.row / 2 + 4, 'text-anchor': 'middle' }, over ? `!${hours}` : String(hours)))
    cell.append(shape('title', {}, fill(view.words.load ?? '', { day: iso(start), hours, capacity: (worked * CAPACITY) / 60 })))
    found.push(cell)
  }
  return found
}

export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** Where the ends of a bar are drawn. */
export function endsOf(task: Task, view: View): [number, number] | null {
  const pending = view.pending?.id === task.id ? view.pending : null
  const start = pending?.start ?? task.start
  const due = pending?.due ?? task.due
  if (start === null || due === null) return null
  const x = view.scale.x(start)
  return [x, Math.max(x + (task.milestone ? 0 : 6), view.scale.x(due))]
}

function drawTask(task: Task, y: number, view: View): SVGElement[] {
  const found: SVGElement[] = []
  const middle = y + view.row / 2
  const ghost = drawGhost(task, middle, view)
  if (ghost) found.push(ghost)
  const ends = endsOf(task, view)
  if (!ends) return found
  const group = task.milestone ? milestone(ends[0], middle) : barOf(task, ends, middle, view)
  group.setAttribute('class', classes(task, view))
  group.setAttribute('data-bar', String(task.id))
  group.append(shape('title', {}, describe(task, view)))
  if (view.chart.hidden.has(task.id)) {
    const stub = shape('g', { class: 'hidden-before' }, shape('path', { d: `M${ends[0] - 22} ${middle}h22` }), shape('circle', { cx: ends[0] - 24, cy: middle, r: 4 }))
    stub.append(shape('title', {}, view.words.hidden ?? ''))
    found.push(stub)
  }
  found.push(group)
  const label = labelOf(task, view)
  if (label) found.push(shape('text', { class: 'bar-label', x: ends[1] + (task.milestone ? 14 : 12), y: middle + 4 }, label))
  return found
}

function labelOf(task: Task, view: View): string {
  const late = slip(task)
  const parts = [view.byOwner ? task.title : view.chart.people[task.owner ?? 0] ?? '']
  if (late) parts.push(fill(view.words.slip ?? '', { days: late > 0 ? `+${late}` : `−${-late}` }))
  return parts.filter(Boolean).join(' · ')
}

function classes(task: Task, view: View): string {
  return [
    'bar', `is-${task.status}`, task.milestone ? 'is-milestone' : '', task.editable && isOpen(task) ? 'is-editable' : '',
    view.critical && task.critical && isOpen(task) ? 'is-critical' : '', isOpen(task) && task.due !== null && task.due < view.chart.now ? 'is-late' : '',
    task.startAssumed ? 'is-start-assumed' : '', task.dueAssumed ? 'is-due-assumed' : '', view.pending?.id === task.id ? 'is-pending' : '',
    view.touched.has(task.id) ? 'is-touched' : '', task.parent !== null ? 'is-action' : '',
  ].filter(Boolean).join(' ')
}

function milestone(x: number, y: number): SVGElement {
  return shape('g', {}, shape('rect', { class: 'bar-body', x: -8, y: -8, width: 16, height: 16, rx: 2, transform: `translate(${x} ${y}) rotate(45)` }))
}

function barOf(task: Task, [x, end]: [number, number], middle: number, view: View): SVGElement {
  const height = task.parent === null ? 18 : 14
  const y = middle - height / 2
  const width = end - x
  const group = shape('g', {}, shape('rect', { class: 'bar-body', x, y, width, height, rx: 4 }))
  if (task.progress && task.progress < 100) group.append(shape('rect', { class: 'bar-done', x, y, width: (width * task.progress) / 100, height, rx: 4 }))
  if (width > 44 && task.progress && isOpen(task)) group.append(shape('text', { class: 'bar-text', x: x + 6, y: middle + 4 }, `${task.progress}%`))
  if (view.critical && task.critical && isOpen(task)) group.append(shape('path', { class: 'critical-sign', d: `M${x} ${y + height + 2.5}h${width}` }))
  if (task.editable && isOpen(task)) {
    group.append(shape('rect', { class: 'grip grip-start', x: x - 4, y, width: 8, height }), shape('rect', { class: 'grip grip-due', x: end - 4, y, width: 8, height }))
    group.append(shape('circle', { class: 'grip-link', cx: end + 7, cy: middle, r: 5 }))
  }
  return group
}

function drawGhost(task: Task, middle: number, view: View): SVGElement | null {
  if (!task.base) return null
  const [start, due] = task.base
  const end = due ?? start
  if (end === null) return null
  const length = task.start !== null && task.due !== null ? task.due - task.start : DAY
  const x = view.scale.x(start ?? end - length)
  return shape('rect', { class: 'ghost', x, y: middle + (task.parent === null ? 10 : 8), width: Math.max(4, view.scale.x(end) - x), height: 4, rx: 2 })
}

const clock = (at: Minute): string => new Date(at * 60_000).toISOString().slice(5, 16).replace('T', ' ').replace(' 00:00', '')

/** A task in one line, for tooltips and those who listen. */
export function describe(task: Task, view: Pick<View, 'chart' | 'words'>): string {
  const { words } = view
  const parts = [task.title, view.chart.people[task.owner ?? 0] ?? words.nobody ?? '']
  if (task.start === null || task.due === null) parts.push(words.undated ?? '')
  else parts.push(`${clock(task.start)} → ${clock(task.due)}`)
  if (task.startAssumed) parts.push(words.startAssumed ?? '')
  if (task.dueAssumed) parts.push(words.dueAssumed ?? '')
  if (task.slack !== null && isOpen(task)) parts.push(task.critical ? words.isCritical ?? '' : fill(words.slack ?? '', { days: task.slack }))
  const late = slip(task)
  if (late) parts.push(fill(words.slip ?? '', { days: late > 0 ? `+${late}` : `−${-late}` }))
  return parts.filter(Boolean).join(' · ')
}

/** The arrows between bars whose rows are, or whose path crosses, from..to. */
export function drawLinks(view: View): SVGElement[] {
  const found: SVGElement[] = []
  for (const link of view.chart.links) {
    const before = view.places.get(link.before)
    const after = view.places.get(link.after)
    if (before === undefined || after === undefined) continue
    if (Math.max(before, after) < view.from || Math.min(before, after) >= view.to) continue
    const a = view.chart.byId.get(link.before)
    const b = view.chart.byId.get(link.after)
    const ends = a && endsOf(a, view)
    const begins = b && endsOf(b, view)
    if (!ends || !begins) continue
    const y1 = (before - view.from + 0.5) * view.row
    const y2 = (after - view.from + 0.5) * view.row
    const path = pathOf(ends[1] + (a.milestone ? 9 : 0), y1, begins[0] - (b.milestone ? 10 : 0), y2, view.row)
    const css = ['link', view.critical && a.critical && b.critical && isOpen(a) && isOpen(b) ? 'is-critical' : '', view.chosenLink === link.id ? 'is-chosen' : ''].filter(Boolean).join(' ')
    const x2 = begins[0] - (b.milestone ? 10 : 0)
    const group = shape('g', { class: css, 'data-link': link.id }, shape('path', { class: 'link-hit', d: path }), shape('path', { class: 'link-line', d: path }), shape('path', { class: 'link-head', d: `M${x2} ${y2}l-6 -4v8z` }))
    if (link.lag) group.append(shape('title', {}, fill(view.words.lag ?? '', { hours: Math.round(link.lag / 6) / 10 })))
    found.push(group)
  }
  return found
}

/** A finish–start arrow with right angles; it goes round when the successor begins before the end. */
export function pathOf(x1: number, y1: number, x2: number, y2: number, row: number): string {
  if (x2 >= x1 + 16) return `M${x1} ${y1}h8V${y2}H${x2}`
  const between = y2 > y1 ? y1 + row / 2 : y1 - row / 2
  return `M${x1} ${y1}h8V${between}H${x2 - 12}V${y2}H${x2}`
}

/** The whole chart on its own: titles beside the bars, for a file or for paper. */
export function drawSheet(view: Omit<View, 'from' | 'to' | 'left' | 'right' | 'seen'>, from: number, to: number, width = 220): SVGSVGElement {
  const right = view.scale.width
  const part: View = { ...view, from, to, left: 0, right, seen: 0 }
  const height = HEAD + (to - from) * view.row
  const sheet = shape('svg', { xmlns: NS, class: 'gantt-sheet', width: width + right, height, viewBox: `0 0 ${width + right} ${height}` }) as SVGSVGElement
  const rows = shape('g', { transform: `translate(${width} ${HEAD})` }, ...drawGround(part), ...drawLinks(part), ...drawRows(part))
  const names = shape('g', { transform: `translate(0 ${HEAD})` })
  for (let n = from; n < to; n++) {
    const row = view.rows[n]
    if (!row) continue
    const title = row.kind === 'group' ? row.title : row.task.title
    const room = 16 - (row.kind === 'group' ? 0 : row.level - 1)
    const text = title.length > room ? `${title.slice(0, room - 1)}…` : title
    names.append(shape('text', { class: row.kind === 'group' ? 'sheet-group' : 'sheet-task', x: row.kind === 'group' ? 4 : 4 + (row.level - 1) * 12, y: (n - from + 0.5) * view.row + 5 }, text))
  }
  sheet.append(shape('rect', { class: 'sheet-ground', x: 0, y: 0, width: width + right, height }))
  const clip = `clip-${from}`
  sheet.append(shape('clipPath', { id: clip }, shape('rect', { x: width, y: 0, width: right, height })))
  sheet.append(shape('g', { 'clip-path': `url(#${clip})` }, shape('g', { transform: `translate(${width} 0)` }, ...drawHead(part)), rows), names)
  return sheet
}

export const dayLabel = (at: Minute | null, language: string): string =>
  at === null ? '—' : new Intl.DateTimeFormat(language, { month: '2-digit', day: '2-digit', timeZone: 'UTC' }).format(dayOf(at) * 86_400_000)

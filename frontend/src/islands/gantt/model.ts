/** What a chart is made of, and which rows it shows: pure functions over what the server sent. */

export const DAY = 1440
/** Minutes since 1970 on the wall clock of the reader; days are told apart without any time zone. */
export type Minute = number

export interface Task {
  id: number
  version: number
  title: string
  parent: number | null
  project: number | null
  owner: number | null
  status: string
  progress: number
  estimate: number | null
  start: Minute | null
  due: Minute | null
  startAssumed: boolean
  dueAssumed: boolean
  milestone: boolean
  slack: number | null
  critical: boolean
  editable: boolean
  base: [Minute | null, Minute | null] | null
}

export interface Link {
  id: number
  before: number
  after: number
  lag: number
}

export interface Project {
  name: string
  owner: number | null
  due: string | null
}

type RawTask = [
  number, number, string, number | null, number | null, number | null, string, number, number | null,
  string | null, string | null, number, number, number | null, number, number, [string | null, string | null] | null,
]

/** A point that a project must reach by a time. */
export interface KeyNode {
  project: number
  title: string
  due: Minute
  reached: boolean
  missed: boolean
}

export interface Raw {
  now: string
  nodes: [number, string, string, number, number][]
  tasks: RawTask[]
  links: [number, number, number, number][]
  hidden: number[]
  projects: Record<string, Project>
  people: Record<string, string>
  off: Record<string, string>
  cut: boolean
}

export interface Chart {
  now: Minute
  tasks: Task[]
  byId: Map<number, Task>
  links: Link[]
  hidden: Set<number>
  nodes: KeyNode[]
  projects: Record<string, Project>
  people: Record<string, string>
  days: Days
  cut: boolean
}

/** 2026-09-16T18:00 (or a bare day) as a minute. */
export const minute = (text: string): Minute => Date.parse(text.length > 10 ? `${text}Z` : `${text}T00:00Z`) / 60_000

export const dayOf = (at: Minute): number => Math.floor(at / DAY)
/** A day as yyyy-mm-dd. */
export const iso = (day: number): string => new Date(day * DAY * 60_000).toISOString().slice(0, 10)

/** Which days are worked, and what the others are called. */
export class Days {
  private readonly off = new Set<number>()
  private readonly made = new Set<number>()
  private readonly names = new Map<number, string>()

  constructor(named: Record<string, string>) {
    for (const [text, said] of Object.entries(named)) {
      const [kind = '', name = ''] = said.split(':')
      const day = dayOf(minute(text))
      ;(kind === 'holiday' ? this.off : this.made).add(day)
      this.names.set(day, name)
    }
  }

  isOff(day: number): boolean {
    if (this.made.has(day)) return false
    const weekday = (day + 4) % 7 // 1970-01-01 was a Thursday
    return this.off.has(day) || weekday === 0 || weekday === 6
  }

  isHoliday = (day: number): boolean => this.off.has(day)
  isMadeUp = (day: number): boolean => this.made.has(day)
  nameOf = (day: number): string => this.names.get(day) ?? ''
}

export function read(raw: Raw): Chart {
  const tasks = raw.tasks.map(readTask)
  return {
    now: minute(raw.now),
    tasks,
    byId: new Map(tasks.map(one => [one.id, one])),
    links: raw.links.map(([id, before, after, lag]) => ({ id, before, after, lag })),
    hidden: new Set(raw.hidden),
    nodes: raw.nodes.map(([project, title, due, reached, missed]) => ({ project, title, due: minute(due), reached: !!reached, missed: !!missed })),
    projects: raw.projects,
    people: raw.people,
    days: new Days(raw.off),
    cut: raw.cut,
  }
}

const maybe = (text: string | null): Minute | null => (text === null ? null : minute(text))

function readTask(row: RawTask): Task {
  const [id, version, title, parent, project, owner, status, progress, estimate, start, due, assumed, milestone, slack, critical, editable, base] = row
  return {
    id, version, title, parent, project, owner, status, progress, estimate, slack,
    start: maybe(start), due: maybe(due), startAssumed: (assumed & 1) > 0, dueAssumed: (assumed & 2) > 0,
    milestone: !!milestone, critical: !!critical, editable: !!editable, base: base && [maybe(base[0]), maybe(base[1])],
  }
}

export const isOpen = (task: Task): boolean => task.status !== 'done' && task.status !== 'cancelled'
/** By how many days the end has slipped since the plan was remembered; null without one. */
export const slip = (task: Task): number | null =>
  task.base?.[1] == null || task.due === null ? null : dayOf(task.due) - dayOf(task.base[1])

export interface GroupRow {
  kind: 'group'
  key: string
  id: number | null
  title: string
  tasks: Task[]
  open: boolean
  start: Minute | null
  due: Minute | null
}

export interface TaskRow {
  kind: 'task'
  key: string
  task: Task
  level: number
  hasChildren: boolean
  open: boolean
}

export type Row = GroupRow | TaskRow
export type GroupBy = 'project' | 'owner'

/** The rows of the chart from top to bottom: groups, their tasks, and the actions of those. */
export function rowsOf(chart: Chart, by: GroupBy, folded: ReadonlySet<string>, nameless: string): Row[] {
  const groups = new Map<number | null, Task[]>()
  for (const task of chart.tasks) {
    const key = task[by]
    const group = groups.get(key)
    if (group) group.push(task)
    else groups.set(key, [task])
  }
  const found = [...groups].map(([id, tasks]) => groupRow(chart, by, id, tasks, folded, nameless))
  found.sort((a, b) => Number(a.id === null) - Number(b.id === null) || (a.start ?? Infinity) - (b.start ?? Infinity) || a.title.localeCompare(b.title))
  const rows: Row[] = []
  for (const group of found) {
    rows.push(group)
    if (group.open) rows.push(...taskRows(group.tasks, folded, by === 'project'))
  }
  return rows
}

function groupRow(chart: Chart, by: GroupBy, id: number | null, tasks: Task[], folded: ReadonlySet<string>, nameless: string): GroupRow {
  const key = `${by}:${id ?? ''}`
  const name = id === null ? nameless : by === 'owner' ? chart.people[id] : chart.projects[id]?.name
  const starts = tasks.flatMap(one => (one.start === null ? [] : [one.start]))
  const dues = tasks.flatMap(one => (one.due === null ? [] : [one.due]))
  return {
    kind: 'group', key, id, title: name ?? nameless, tasks, open: !folded.has(key),
    start: starts.length ? Math.min(...starts) : null, due: dues.length ? Math.max(...dues) : null,
  }
}

const byStart = (a: Task, b: Task): number => (a.start ?? Infinity) - (b.start ?? Infinity) || (a.due ?? Infinity) - (b.due ?? Infinity) || a.id - b.id

function taskRows(tasks: Task[], folded: ReadonlySet<string>, nested: boolean): TaskRow[] {
  const here = new Set(tasks.map(one => one.id))
  const children = new Map<number, Task[]>()
  const tops: Task[] = []
  for (const task of [...tasks].sort(byStart)) {
    if (nested && task.parent !== null && here.has(task.parent)) {
      const list = children.get(task.parent)
      if (list) list.push(task)
      else children.set(task.parent, [task])
    } else tops.push(task)
  }
  const rows: TaskRow[] = []
  for (const task of tops) {
    const below = children.get(task.id) ?? []
    const key = `task:${task.id}`
    const open = !folded.has(key)
    rows.push({ kind: 'task', key, task, level: 2, hasChildren: below.length > 0, open })
    if (open) rows.push(...below.map((one): TaskRow => ({ kind: 'task', key: `task:${one.id}`, task: one, level: 3, hasChildren: false, open: true })))
  }
  return rows
}

/** Minutes of work a day, by day: each open task spread evenly over the working days it lies in. */
export function loadOf(tasks: readonly Task[], days: Days): Map<number, number> {
  const parents = new Set(tasks.flatMap(one => (one.parent === null ? [] : [one.parent])))
  const load = new Map<number, number>()
  for (const task of tasks) {
    if (!isOpen(task) || !task.estimate || task.start === null || task.due === null || parents.has(task.id)) continue
    const left = (task.estimate * (100 - task.progress)) / 100
    const worked: number[] = []
    for (let day = dayOf(task.start); day <= dayOf(task.due - 1); day++) if (!days.isOff(day)) worked.push(day)
    if (!worked.length) worked.push(dayOf(task.due))
    for (const day of worked) load.set(day, (load.get(day) ?? 0) + left / worked.length)
  }
  return load
}

/** All that follows a task by links, itself left out. */
export function following(links: readonly Link[], from: number): Set<number> {
  const next = new Map<number, number[]>()
  for (const link of links) next.set(link.before, [...(next.get(link.before) ?? []), link.after])
  const found = new Set<number>()
  const waiting = [from]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const after of next.get(at) ?? []) {
      if (found.has(after)) continue
      found.add(after)
      waiting.push(after)
    }
  }
  found.delete(from)
  return found
}

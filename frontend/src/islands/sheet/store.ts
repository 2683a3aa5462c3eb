/** The rows of a sheet, what has been typed into them, and how it gets to the server: one batch at a time. */
import { uniqueKey } from '../../dom'
import { dispatchTriggers, explain, LoggedOut, send } from '../../send'
import { askToLogIn } from '../session'
import { toast } from '../toasts'
import type { Choice } from './cells'

export type Key = number | string
export type RawRow = [number, number, number, ...string[]]

export interface Column {
  name: string
  label: string
  kind: 'text' | 'choice' | 'person' | 'day' | 'minutes' | 'number'
  width: number
  fixed: boolean
}

export interface SheetData {
  keys: number[]
  rows: RawRow[]
  columns: Column[]
  /** The names of the cells of a row, where a sheet shows only some of them. */
  order?: string[]
  choices: Record<string, [string, string][]>
  mayCreate: boolean
  project: number | null
  most: number
}

interface SheetRow {
  version: number
  editable: boolean
  cells: string[]
}

/** What somebody typed into a cell and what has become of it. */
export interface Typed {
  text: string
  state: 'dirty' | 'sending' | 'bad' | 'stale'
  reason: string
  theirs: string
}

interface Answer {
  rows: RawRow[]
  created: Record<string, number>
  bad: [Key, string, string, string][]
  stale: [number, string, string, string][]
  undo: string
  said: string
}

interface Step {
  url: string
  changed: number[]
  created: number[]
}

const SOON = 250
const AGAIN = 4_000
const PAGE = 100

export class Store {
  readonly keys: Key[]
  readonly columns: Column[]
  readonly choices: Record<string, Choice[]> = {}
  private readonly rows = new Map<Key, SheetRow>()
  private readonly typed = new Map<Key, Map<string, Typed>>()
  private readonly asked = new Set<Key>()
  private readonly undos: Step[] = []
  private made = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private sending = false
  private running: Promise<void> = Promise.resolve()
  isOffline = false

  constructor(
    readonly data: SheetData,
    private readonly urls: { rows: string; cells: string },
    private readonly changed: () => void,
  ) {
    this.keys = [...data.keys]
    this.columns = data.columns
    for (const [name, list] of Object.entries(data.choices)) this.choices[name] = list.map(([label, keys]) => ({ name: label, keys }))
    this.take(data.rows)
  }

  private take(rows: readonly RawRow[]): void {
    const { order } = this.data
    const places = order ? this.columns.map(column => order.indexOf(column.name)) : null
    for (const [key, version, editable, ...cells] of rows) {
      const shown = places ? places.map(at => cells[at] ?? '') : cells
      this.rows.set(key, { version, editable: !!editable, cells: shown })
    }
  }

  // ── Reading ────────────────────────────────────────────────────────────────────────────────────

  isLoaded = (key: Key): boolean => typeof key === 'string' || this.rows.has(key)

  typedIn(key: Key | undefined, column: number): Typed | undefined {
    return key === undefined ? undefined : this.typed.get(key)?.get(this.columns[column]?.name ?? '')
  }

  text(key: Key | undefined, column: number): string {
    if (key === undefined) return ''
    return this.typedIn(key, column)?.text ?? this.rows.get(key)?.cells[column] ?? ''
  }

  isEditable(key: Key | undefined, column: number): boolean {
    if (this.columns[column]?.fixed) return false
    if (key === undefined || typeof key === 'string') return this.data.mayCreate
    return this.rows.get(key)?.editable ?? false
  }

  /** Load rows that are to be seen, and some after them. */
  async load(from: number, to: number): Promise<void> {
    const missing = this.keys.slice(from, to + PAGE / 2).filter((key): key is number => typeof key === 'number' && !this.rows.has(key) && !this.asked.has(key)).slice(0, PAGE)
    if (!missing.length) return
    await this.fetch(missing)
  }

  private async fetch(keys: readonly number[]): Promise<void> {
    for (const key of keys) this.asked.add(key)
    try {
      const response = await send(`${this.urls.rows}?keys=${keys.join(',')}`)
      if (!response.ok) return void toast({ text: explain(response), error: true })
      const { rows } = (await response.json()) as { rows: RawRow[] }
      this.take(rows)
      const found = new Set(rows.map(([key]) => key))
      for (const key of keys) if (!found.has(key)) this.drop(key)
    } catch (error) {
      if (error instanceof LoggedOut) void askToLogIn(() => void this.fetch(keys))
    } finally {
      for (const key of keys) this.asked.delete(key)
      this.changed()
    }
  }

  /** Forget what others may have changed; what is seen is asked for again. */
  refresh(from: number, to: number): void {
    const seen = this.keys.slice(from, to).filter((key): key is number => typeof key === 'number')
    const kept = new Set<Key>(seen)
    for (const key of this.rows.keys()) if (!kept.has(key) && !this.typed.has(key)) this.rows.delete(key)
    if (seen.length) void this.fetch(seen.slice(0, 200))
  }

  private drop(key: Key): void {
    const at = this.keys.indexOf(key)
    if (at >= 0 && !this.typed.has(key)) this.keys.splice(at, 1)
    this.rows.delete(key)
  }

  // ── Writing ────────────────────────────────────────────────────────────────────────────────────

  /** The key of a row; the one below the last becomes a new row. */
  keyAt(row: number): Key {
    while (row >= this.keys.length) this.keys.push(`n${++this.made}`)
    return this.keys[row] as Key
  }

  /** Note what was typed; writing what stands there already changes nothing. Returns whether something changed. */
  write(row: number, column: number, text: string): boolean {
    const name = this.columns[column]?.name
    if (!name || !this.isEditable(this.keys[row], column)) return false
    if (this.text(this.keys[row], column) === text && !this.typedIn(this.keys[row], column)?.reason) return false
    const key = this.keyAt(row)
    const cells = this.typed.get(key) ?? new Map<string, Typed>()
    if (typeof key === 'number' && this.rows.get(key)?.cells[column] === text) cells.delete(name)
    else cells.set(name, { text, state: 'dirty', reason: '', theirs: '' })
    if (cells.size) this.typed.set(key, cells)
    else this.typed.delete(key)
    return true
  }

  /** Take back what was typed and not taken; the cell shows what the server has. */
  discard(key: Key, column: number): void {
    const cells = this.typed.get(key)
    cells?.delete(this.columns[column]?.name ?? '')
    if (cells?.size === 0) this.typed.delete(key)
    if (typeof key === 'string' && !this.typed.has(key)) this.drop(key)
    this.changed()
  }

  /** Write over what somebody else has put there. */
  insist(key: Key, column: number): void {
    const one = this.typedIn(key, column)
    if (!one) return
    one.state = 'dirty'
    one.reason = one.theirs = ''
    this.saveSoon(0)
  }

  counts(): { waiting: number; bad: number } {
    const found = { waiting: 0, bad: 0 }
    for (const cells of this.typed.values()) for (const one of cells.values()) found[one.state === 'bad' || one.state === 'stale' ? 'bad' : 'waiting']++
    return found
  }

  /** Whether all that waits are new rows that have no title yet. */
  get needsTitle(): boolean {
    return !this.sending && this.counts().waiting > 0 && this.batch().sent.length === 0
  }

  /** The next cell after a place that needs somebody, round from the end to the start. */
  problemAfter(row: number, column: number): { row: number; column: number } | null {
    const places: { row: number; column: number }[] = []
    const rows = new Map(this.keys.map((key, n) => [key, n]))
    for (const [key, cells] of this.typed) {
      for (const [name, one] of cells) {
        if (one.state !== 'bad' && one.state !== 'stale') continue
        places.push({ row: rows.get(key) ?? 0, column: this.columns.findIndex(each => each.name === name) })
      }
    }
    places.sort((a, b) => a.row - b.row || a.column - b.column)
    return places.find(one => one.row > row || (one.row === row && one.column > column)) ?? places[0] ?? null
  }

  saveSoon(wait = SOON): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.flush(), wait)
    this.changed()
  }

  /** Send what waits, after what is on its way. */
  private flush(): Promise<void> {
    clearTimeout(this.timer)
    this.running = this.running.then(() => this.save())
    return this.running
  }

  /** What can be sent now: cells of tasks, and new rows that have a title. */
  private batch(): { cells: unknown[]; fresh: unknown[]; sent: [Key, string, Typed][] } {
    const cells: unknown[] = []
    const fresh: unknown[] = []
    const sent: [Key, string, Typed][] = []
    for (const [key, typed] of this.typed) {
      const dirty = [...typed].filter(([, one]) => one.state === 'dirty')
      if (!dirty.length || sent.length + typed.size > this.data.most) continue
      if (typeof key === 'string') {
        if (!typed.get('title')?.text.trim()) continue
        fresh.push([key, Object.fromEntries([...typed].map(([name, one]) => [name, one.text]))])
        sent.push(...[...typed].map(([name, one]): [Key, string, Typed] => [key, name, one]))
        continue
      }
      const row = this.rows.get(key)
      for (const [name, one] of dirty) {
        const was = row?.cells[this.columns.findIndex(each => each.name === name)] ?? ''
        cells.push([key, row?.version ?? 0, name, one.text, was])
        sent.push([key, name, one])
      }
    }
    return { cells, fresh, sent }
  }

  private async save(): Promise<void> {
    if (this.sending) return
    const { cells, fresh, sent } = this.batch()
    if (!sent.length) return
    this.sending = true
    for (const [, , one] of sent) one.state = 'sending'
    this.changed()
    const body = new FormData()
    body.set('batch', JSON.stringify({ cells, new: fresh, project: this.data.project }))
    body.set('submission_key', uniqueKey())
    let wait = 0
    try {
      const response = await send(this.urls.cells, body)
      if (response.ok) this.settle((await response.json()) as Answer, sent)
      else if (response.status >= 500 || response.status === 429) wait = this.putBack(sent, explain(response))
      else this.refuse(sent, explain(response))
      this.isOffline = wait > 0
    } catch (error) {
      wait = this.putBack(sent, '')
      if (error instanceof LoggedOut) {
        wait = 0
        void askToLogIn(() => this.saveSoon(0))
      } else this.isOffline = true
    } finally {
      this.sending = false
    }
    this.changed()
    if (wait || this.batch().sent.length) this.saveSoon(wait || SOON)
  }

  private putBack(sent: [Key, string, Typed][], said: string): number {
    for (const [, , one] of sent) if (one.state === 'sending') one.state = 'dirty'
    if (said) toast({ text: said, error: true })
    return AGAIN
  }

  private refuse(sent: [Key, string, Typed][], reason: string): void {
    for (const [, , one] of sent) Object.assign(one, { state: 'bad', reason })
    toast({ text: reason, error: true })
  }

  private settle(answer: Answer, sent: [Key, string, Typed][]): void {
    for (const [key, column, , reason] of answer.bad) this.mark(key, column, { state: 'bad', reason, theirs: '' })
    for (const [key, column, , theirs] of answer.stale) this.mark(key, column, { state: 'stale', reason: theirs, theirs })
    for (const [key, name, one] of sent) if (one.state === 'sending') this.typed.get(key)?.delete(name)
    for (const [ref, key] of Object.entries(answer.created)) this.rename(ref, key)
    for (const [key] of sent) if (this.typed.get(key)?.size === 0) this.typed.delete(key)
    this.take(answer.rows)
    if (!answer.undo) return
    const made = new Set(Object.values(answer.created))
    this.undos.push({ url: answer.undo, changed: answer.rows.map(([key]) => key).filter(key => !made.has(key)), created: [...made] })
    if (answer.said) toast({ text: answer.said, undo: answer.undo })
  }

  private mark(key: Key, column: string, what: Omit<Typed, 'text'>): void {
    const cells = this.typed.get(key)
    const one = cells?.get(column)
    if (one && one.state === 'sending') Object.assign(one, what)
    else if (!one && cells) cells.set(column, { text: '', ...what })
  }

  private rename(ref: string, key: number): void {
    const at = this.keys.indexOf(ref)
    if (at >= 0) this.keys[at] = key
    const left = this.typed.get(ref)
    this.typed.delete(ref)
    if (left?.size) this.typed.set(key, left)
  }

  /** Take the newest batch back: cells as they stood, new rows gone. */
  async undo(): Promise<boolean> {
    // What was typed a moment ago is a batch too.
    await this.flush()
    const step = this.undos.pop()
    if (!step) return false
    try {
      const response = await send(step.url, new FormData())
      if (!response.ok) toast({ text: explain(response), error: true })
      else dispatchTriggers(response)
    } catch {
      this.undos.push(step)
      this.isOffline = true
      return true
    }
    for (const key of step.created) {
      this.typed.delete(key)
      this.drop(key)
    }
    if (step.changed.length) await this.fetch(step.changed.slice(0, 200))
    this.changed()
    return true
  }
}

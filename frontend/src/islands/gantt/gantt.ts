/** The Gantt chart: a tree of rows beside bars. Only what can be seen is in the page, however long the chart is. */
import htmx from 'htmx.org'
import { announce } from '../../dom'
import { isComposing } from '../../keys'
import { dispatchTriggers, explain, send } from '../../send'
import { toast } from '../toasts'
import { dayLabel, describe, drawGround, drawHead, drawLinks, drawRows, drawSheet, fill, HEAD, nodesOf, shape, type View } from './draw'
import './gantt.css'
import { asText, savePng, saveSvg } from './export'
import { type Chart, DAY, dayOf, following, type GroupBy, isOpen, iso, type Minute, type Raw, read, type Row, rowsOf, type Task, type TaskRow } from './model'
import { isZoom, type Scale, scaleOf, type Zoom } from './scale'

const ROW = 36
const ROW_PHONE = 68
const OVER = 6
/** Rows of one printed sheet of A4, landscape. */
const SHEET_ROWS = 24
const PHONE = matchMedia('(max-width: 767.98px)')

interface Shift {
  id: number
  start: Minute
  due: Minute
  kind: 'move' | 'start' | 'due'
}

type Drag = { kind: Shift['kind'] | 'link'; id: number; x: number; y: number; line?: SVGElement }

export class Gantt {
  private chart: Chart | null = null
  private rows: Row[] = []
  private places = new Map<number, number>()
  private scale!: Scale
  private zoom: Zoom = 'week'
  private by: GroupBy = 'project'
  private critical = true
  private readonly folded = new Set<string>()
  private current = 0
  private pending: Shift | null = null
  private drag: Drag | null = null
  private linkFrom: number | null = null
  private chosenLink: number | null = null
  private touched: ReadonlySet<number> = new Set()
  private asked = 0
  private readonly words: Record<string, string>
  private readonly language = document.documentElement.lang
  private readonly frame: HTMLElement
  private readonly canvas = part('gantt-canvas')
  private readonly head = part('gantt-head')
  private readonly tree = part('gantt-tree')
  private readonly body = part('gantt-body')
  private readonly headDrawing = shape('svg', { class: 'gantt-drawing', 'aria-hidden': 'true' })
  private readonly drawing = shape('svg', { class: 'gantt-drawing', 'aria-hidden': 'true' })
  private readonly said: HTMLElement

  constructor(private readonly root: HTMLElement) {
    this.words = JSON.parse(document.getElementById('gantt-words')?.textContent ?? '{}') as Record<string, string>
    this.frame = root.querySelector<HTMLElement>('[data-gantt-frame]') as HTMLElement
    this.said = root.querySelector<HTMLElement>('[data-gantt-said]') as HTMLElement
    this.build()
    this.listen()
  }

  private build(): void {
    const corner = part('gantt-corner')
    corner.setAttribute('aria-hidden', 'true')
    for (const name of ['task', 'owner', 'due', 'slackHead'] as const) {
      const cell = document.createElement('span')
      cell.textContent = this.words[name] ?? ''
      corner.append(cell)
    }
    this.tree.setAttribute('role', 'treegrid')
    this.tree.setAttribute('aria-label', this.words.label ?? '')
    this.tree.setAttribute('aria-describedby', 'gantt-help')
    this.head.append(corner, this.headDrawing)
    this.body.append(this.tree, this.drawing)
    this.canvas.append(this.head, this.body)
    this.frame.replaceChildren(this.canvas)
  }

  private listen(): void {
    let waiting = 0
    const soon = (): void => {
      waiting ||= requestAnimationFrame(() => {
        waiting = 0
        this.render()
      })
    }
    this.frame.addEventListener('scroll', soon, { passive: true })
    new ResizeObserver(soon).observe(this.frame)
    PHONE.addEventListener('change', () => this.layOut())
    this.root.addEventListener('live', () => void this.load())
    this.root.addEventListener('change', event => this.onControl(event))
    this.root.addEventListener('click', event => this.onClick(event))
    document.addEventListener('click', event => this.onPageClick(event))
    this.tree.addEventListener('keydown', event => this.onKey(event))
    this.tree.addEventListener('focusin', event => this.onFocus(event))
    this.drawing.addEventListener('pointerdown', event => this.onPointerDown(event as PointerEvent))
    addEventListener('pointermove', event => this.onPointerMove(event))
    addEventListener('pointerup', event => this.onPointerUp(event))
    addEventListener('pointercancel', () => this.stopDragging())
    document.addEventListener('close', event => {
      if ((event.target as Element).id === 'gantt-move') this.forgetPending()
    }, true)
    addEventListener('beforeprint', () => this.root.isConnected && this.fillPaper())
    addEventListener('afterprint', () => this.paper()?.replaceChildren())
  }

  // ── Data and geometry ──────────────────────────────────────────────────────────────────────────

  async load(): Promise<void> {
    const mine = ++this.asked
    const first = !this.chart
    this.root.setAttribute('aria-busy', 'true')
    try {
      const response = await send(this.root.dataset.src ?? '')
      if (mine !== this.asked) return
      if (!response.ok) return void toast({ text: explain(response), error: true })
      this.chart = read((await response.json()) as Raw)
    } catch {
      return
    } finally {
      this.root.removeAttribute('aria-busy')
    }
    this.layOut()
    if (first) this.goToday()
    this.root.dataset.loaded = String(this.chart.tasks.length)
  }

  private get row(): number {
    return PHONE.matches ? ROW_PHONE : ROW
  }

  /** Work out rows and sizes anew and draw. */
  private layOut(): void {
    if (!this.chart) return
    const keep = this.rows[this.current]?.key
    this.rows = rowsOf(this.chart, this.by, this.folded, this.words[this.by === 'owner' ? 'nobody' : 'noProject'] ?? '')
    this.places = new Map(this.rows.flatMap((row, n): [number, number][] => (row.kind === 'task' ? [[row.task.id, n]] : [])))
    const again = this.rows.findIndex(row => row.key === keep)
    this.current = again >= 0 ? again : Math.min(this.current, Math.max(0, this.rows.length - 1))
    this.scale = scaleOf(this.chart, this.zoom)
    const height = this.rows.length * this.row
    const width = PHONE.matches ? 0 : this.scale.width
    this.body.style.height = `${height}px`
    for (const drawing of [this.headDrawing, this.drawing]) drawing.setAttribute('width', String(width))
    this.headDrawing.setAttribute('height', String(HEAD))
    this.tree.setAttribute('aria-rowcount', String(this.rows.length))
    this.root.classList.toggle('is-phone', PHONE.matches)
    this.root.querySelector('[data-gantt-empty]')?.toggleAttribute('hidden', this.rows.length > 0)
    this.frame.hidden = this.rows.length === 0
    this.root.querySelector('[data-gantt-cut]')?.toggleAttribute('hidden', !this.chart.cut)
    this.render()
  }

  private view(): View {
    const scrolled = this.frame.scrollLeft
    const from = Math.max(0, Math.floor(this.frame.scrollTop / this.row) - OVER)
    const seen = Math.ceil(this.frame.clientHeight / this.row) + 2 * OVER
    return {
      chart: this.chart as Chart, rows: this.rows, places: this.places, scale: this.scale, row: this.row, from,
      to: Math.min(this.rows.length, from + seen), left: Math.max(0, scrolled - 200), right: Math.min(this.scale.width, scrolled + this.frame.clientWidth + 200),
      seen: scrolled, critical: this.critical, byOwner: this.by === 'owner', chosenLink: this.chosenLink, touched: this.touched, words: this.words, language: this.language,
      pending: this.pending,
    }
  }

  private render(): void {
    if (!this.chart || !this.scale) return
    const view = this.view()
    this.renderTree(view)
    if (PHONE.matches) return
    this.headDrawing.replaceChildren(...drawHead(view))
    this.drawing.setAttribute('height', String((view.to - view.from) * view.row))
    this.drawing.style.top = `${view.from * view.row}px`
    this.drawing.replaceChildren(...drawGround(view), ...drawLinks(view), ...drawRows(view))
  }

  // ── The tree ───────────────────────────────────────────────────────────────────────────────────

  private renderTree(view: View): void {
    const had = this.tree.contains(document.activeElement)
    const shown: HTMLElement[] = []
    for (let n = view.from; n < view.to; n++) {
      const row = view.rows[n]
      if (row) shown.push(this.rowElement(row, n))
    }
    // The row with the focus stays in the page although it has been scrolled away.
    const current = this.rows[this.current]
    if (current && (this.current < view.from || this.current >= view.to)) shown.push(this.rowElement(current, this.current))
    this.tree.replaceChildren(...shown)
    if (had) this.tree.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true })
  }

  private rowElement(row: Row, n: number): HTMLElement {
    const element = part(row.kind === 'group' ? 'gantt-row is-group' : 'gantt-row')
    element.setAttribute('role', 'row')
    element.setAttribute('aria-level', String(row.kind === 'group' ? 1 : row.level))
    element.setAttribute('aria-rowindex', String(n + 1))
    element.dataset.n = String(n)
    element.tabIndex = n === this.current ? 0 : -1
    element.style.top = `${n * this.row}px`
    element.style.height = `${this.row}px`
    const folds = row.kind === 'group' || row.hasChildren
    if (folds) element.setAttribute('aria-expanded', String(row.open))
    const title = cell('gantt-title')
    title.append(folds ? this.folder(row.open) : part('gantt-nofold'))
    if (row.kind === 'group') {
      title.append(`${row.title} `, count(row.tasks.length))
      element.append(title)
      const nodes = this.by === 'project' && this.chart ? nodesOf(this.chart, row.id, this.words) : []
      if (nodes.length) element.setAttribute('aria-label', [`${row.title} ${row.tasks.length}`, ...nodes].join(' · '))
    } else this.fillTask(element, title, row)
    return element
  }

  private folder(open: boolean): HTMLElement {
    const made = part('gantt-fold')
    made.dataset.fold = ''
    made.setAttribute('aria-hidden', 'true')
    made.textContent = open ? '▾' : '▸'
    return made
  }

  private fillTask(element: HTMLElement, title: HTMLElement, row: TaskRow): void {
    const { task } = row
    title.dataset.level = String(row.level)
    const link = document.createElement('a')
    link.href = this.address('task', task.id)
    link.dataset.drawer = ''
    link.tabIndex = -1
    link.textContent = (task.milestone ? '◆ ' : '') + task.title
    link.title = task.title
    title.append(link)
    const owner = cell('gantt-owner', this.chart?.people[task.owner ?? 0] ?? '')
    const due = cell('gantt-due', dayLabel(task.due, this.language))
    if (isOpen(task) && task.due !== null && this.chart && task.due < this.chart.now) due.classList.add('is-late')
    const slack = cell('gantt-slack', task.slack === null || !isOpen(task) ? '' : task.critical ? this.words.criticalShort ?? '' : fill(this.words.days ?? '', { n: task.slack }))
    if (task.critical && isOpen(task)) slack.classList.add('is-critical')
    element.setAttribute('aria-label', this.chart ? describe(task, { chart: this.chart, words: this.words }) : task.title)
    if (this.linkFrom === task.id) element.classList.add('is-linking')
    element.append(title, owner, due, slack)
    if (PHONE.matches) element.append(this.miniBar(task))
  }

  private miniBar(task: Task): SVGElement {
    const drawing = shape('svg', { class: 'gantt-mini', viewBox: '0 0 1000 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' })
    drawing.append(shape('rect', { class: 'mini-ground', x: 0, y: 3, width: 1000, height: 4 }))
    if (task.start === null || task.due === null) return drawing
    const x = (at: Minute): number => Math.min(1000, Math.max(0, (this.scale.x(at) / this.scale.width) * 1000))
    const css = task.critical && isOpen(task) && this.critical ? 'mini-bar is-critical' : `mini-bar is-${task.status}`
    drawing.append(shape('rect', { class: css, x: Math.min(x(task.start), 988), y: 0, width: Math.max(12, x(task.due) - x(task.start)), height: 10 }))
    if (this.chart) drawing.append(shape('rect', { class: 'mini-today', x: x(this.chart.now), y: 0, width: 3, height: 10 }))
    return drawing
  }

  private address(name: 'task' | 'move' | 'link' | 'lag', id: number, more = 0): string {
    return (this.root.dataset[name] ?? '').replace('/0/', `/${id}/`).replace('/0/', `/${more}/`)
  }

  private onFocus(event: FocusEvent): void {
    const n = Number((event.target as Element).closest<HTMLElement>('.gantt-row')?.dataset.n ?? -1)
    if (n < 0 || n === this.current) return
    this.tree.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1')
    this.current = n
    this.tree.querySelector(`[data-n="${n}"]`)?.setAttribute('tabindex', '0')
  }

  private goTo(n: number): void {
    this.current = Math.max(0, Math.min(this.rows.length - 1, n))
    const top = this.current * this.row
    const room = this.frame.clientHeight - (PHONE.matches ? 0 : HEAD) - this.row
    if (top < this.frame.scrollTop) this.frame.scrollTop = top
    else if (top > this.frame.scrollTop + room) this.frame.scrollTop = top - room
    this.render()
    this.tree.querySelector<HTMLElement>(`[data-n="${this.current}"]`)?.focus({ preventScroll: true })
  }

  private goToday(): void {
    if (!this.chart) return
    this.frame.scrollLeft = Math.max(0, this.scale.x(this.chart.now) - (this.frame.clientWidth - this.tree.clientWidth) * 0.35)
    this.render()
  }

  private fold(row: Row | undefined, open?: boolean): void {
    if (!row || (row.kind === 'task' && !row.hasChildren)) return
    if (open ?? !row.open) this.folded.delete(row.key)
    else this.folded.add(row.key)
    this.layOut()
  }

  // ── Keys ───────────────────────────────────────────────────────────────────────────────────────

  private onKey(event: KeyboardEvent): void {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return
    if (!this.act(event.key, event.shiftKey)) return
    event.preventDefault()
    event.stopPropagation()
  }

  private act(key: string, shift: boolean): boolean {
    const row = this.rows[this.current]
    const page = Math.max(1, Math.floor(this.frame.clientHeight / this.row) - 2)
    const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity }
    const step = steps[key]
    if (step !== undefined) {
      if (this.pending) this.forgetPending()
      this.goTo(this.current + step)
    } else if (key === 'ArrowLeft' || key === 'ArrowRight') this.sideways(row, key === 'ArrowRight' ? 1 : -1, shift)
    else if (key === 'Enter') this.enter(row)
    else if (key === 'Escape') return this.escape()
    else if (key === ' ') this.fold(row)
    else if (key === 'm' && row?.kind === 'task') void this.ask(row.task.id, {})
    else if (key === 'l' && row?.kind === 'task') this.beginLink(row.task)
    else if ((key === 'Delete' || key === 'Backspace') && this.chosenLink !== null) void this.removeLink()
    else return false
    return true
  }

  private sideways(row: Row | undefined, by: 1 | -1, resize: boolean): void {
    if (!row) return
    if (row.kind === 'group') return this.fold(row, by > 0)
    const { task } = row
    if (!task.editable || !isOpen(task)) return this.say(this.words.mayNotMove ?? '')
    if (task.start === null || task.due === null) return void this.ask(task.id, {})
    const kind = resize && !task.milestone ? 'due' : 'move'
    if (this.pending?.id !== task.id || this.pending.kind !== kind) this.pending = { id: task.id, start: task.start, due: task.due, kind }
    this.shift(by)
  }

  private shift(days: number): void {
    const at = this.pending
    if (!at || !this.chart) return
    // A whole bar steps over days off, as the server will.
    let step = days
    if (at.kind === 'move') while (this.chart.days.isOff(dayOf(at.start) + step)) step += Math.sign(days)
    if (at.kind !== 'due') at.start += step * DAY
    at.due = Math.max(at.due + (at.kind === 'start' ? 0 : step * DAY), at.start)
    this.touched = following(this.chart.links, at.id)
    this.say(fill(this.words.pending ?? '', { start: dayLabel(at.start, this.language), due: dayLabel(at.due, this.language) }))
    this.render()
  }

  private enter(row: Row | undefined): void {
    if (row?.kind === 'group') return this.fold(row)
    if (!row) return
    if (this.linkFrom !== null) return void this.addLink(this.linkFrom, row.task.id)
    if (this.pending) return void this.preview()
    this.tree.querySelector<HTMLElement>(`[data-n="${this.current}"] a`)?.click()
  }

  private escape(): boolean {
    if (!this.pending && this.linkFrom === null && this.chosenLink === null) return false
    this.linkFrom = this.chosenLink = null
    this.forgetPending()
    return true
  }

  private say(text: string, ...more: Node[]): void {
    this.said.replaceChildren(text, ...more)
  }

  private forgetPending(): void {
    this.pending = null
    this.touched = new Set()
    this.say('')
    this.render()
  }

  // ── Moving ─────────────────────────────────────────────────────────────────────────────────────

  private preview(): Promise<void> {
    const at = this.pending
    if (!at) return Promise.resolve()
    const start = iso(dayOf(at.start))
    return this.ask(at.id, at.kind === 'move' ? { start } : { start, due: iso(dayOf(at.due)) })
  }

  /** Open the dialog that shows what follows. */
  private async ask(id: number, query: Record<string, string>): Promise<void> {
    const url = `${this.address('move', id)}?${new URLSearchParams(query)}`
    await htmx.ajax('GET', url, { source: this.root, target: '#dialog-host', swap: 'innerHTML' })
    if (!document.getElementById('gantt-move')) this.forgetPending()
  }

  private onPointerDown(event: PointerEvent): void {
    if (event.button !== 0 || !(event.target instanceof Element)) return
    const link = event.target.closest<SVGElement>('g[data-link]')
    if (link) return this.chooseLink(Number(link.dataset.link))
    this.chosenLink = null
    const bar = event.target.closest<SVGElement>('[data-bar].is-editable')
    const task = this.chart?.byId.get(Number(bar?.dataset.bar))
    if (!bar || !task || task.start === null || task.due === null) return
    event.preventDefault()
    const css = event.target.classList
    const kind = css.contains('grip-link') ? 'link' : css.contains('grip-start') ? 'start' : css.contains('grip-due') ? 'due' : 'move'
    this.drag = { kind, id: task.id, x: event.clientX, y: event.clientY }
    this.current = this.places.get(task.id) ?? this.current
    this.root.classList.add('is-dragging')
    if (kind !== 'link') this.pending = { id: task.id, start: task.start, due: task.due, kind }
  }

  private onPointerMove(event: PointerEvent): void {
    const drag = this.drag
    const task = drag && this.chart?.byId.get(drag.id)
    if (!drag || !task || task.start === null || task.due === null) return
    if (drag.kind === 'link') return this.dragLink(event, drag)
    const days = Math.round((event.clientX - drag.x) / this.scale.perDay)
    const start = drag.kind === 'due' ? task.start : task.start + days * DAY
    const due = drag.kind === 'start' ? task.due : task.due + days * DAY
    if (!this.pending || (this.pending.start === start && this.pending.due === due)) return
    this.pending = { ...this.pending, start: drag.kind === 'start' ? Math.min(start, task.due) : start, due: Math.max(due, task.start * Number(drag.kind === 'due')) }
    this.touched = this.chart ? following(this.chart.links, task.id) : new Set()
    this.say(fill(this.words.dragging ?? '', { start: dayLabel(this.pending.start, this.language), due: dayLabel(this.pending.due, this.language) }))
    this.render()
  }

  private dragLink(event: PointerEvent, drag: Drag): void {
    const box = this.drawing.getBoundingClientRect()
    drag.line?.remove()
    drag.line = shape('path', { class: 'link-new', d: `M${drag.x - box.left} ${drag.y - box.top}L${event.clientX - box.left} ${event.clientY - box.top}` })
    this.drawing.append(drag.line)
  }

  private onPointerUp(event: PointerEvent): void {
    const drag = this.drag
    if (!drag) return
    this.stopDragging()
    if (drag.kind === 'link') {
      const over = document.elementFromPoint(event.clientX, event.clientY)?.closest<SVGElement>('[data-bar]')
      if (over && Number(over.dataset.bar) !== drag.id) void this.addLink(drag.id, Number(over.dataset.bar))
      return
    }
    const task = this.chart?.byId.get(drag.id)
    if (this.pending && task && (this.pending.start !== task.start || this.pending.due !== task.due)) void this.preview()
    else this.forgetPending()
  }

  private stopDragging(): void {
    this.drag?.line?.remove()
    this.drag = null
    this.root.classList.remove('is-dragging')
  }

  // ── Links ──────────────────────────────────────────────────────────────────────────────────────

  private beginLink(task: Task): void {
    this.linkFrom = task.id
    this.say(fill(this.words.linking ?? '', { title: task.title }))
    this.render()
  }

  private async addLink(before: number, after: number): Promise<void> {
    this.linkFrom = null
    this.say('')
    if (before === after) return
    const body = new FormData()
    body.set('predecessor', String(before))
    await this.post((this.root.dataset.dependencies ?? '').replace('/0/', `/${after}/`), body)
  }

  private chooseLink(id: number): void {
    this.chosenLink = id
    const link = this.chart?.links.find(one => one.id === id)
    const name = (task: number | undefined): string => this.chart?.byId.get(task ?? 0)?.title ?? ''
    const lag = document.createElement('input')
    lag.className = 'form-control gantt-lag'
    lag.dataset.ganttLag = ''
    lag.value = link?.lag ? `${Math.round(link.lag / 6) / 10}h` : ''
    lag.placeholder = '0h'
    lag.setAttribute('aria-label', this.words.lagLabel ?? '')
    lag.title = this.words.lagLabel ?? ''
    const remove = document.createElement('button')
    remove.type = 'button'
    remove.className = 'btn btn-sm'
    remove.dataset.ganttUnlink = ''
    remove.textContent = this.words.unlink ?? ''
    this.say(`${name(link?.before)} → ${name(link?.after)} `, lag, remove)
    this.render()
  }

  private async setLag(text: string): Promise<void> {
    const link = this.chart?.links.find(one => one.id === this.chosenLink)
    const body = new FormData()
    body.set('lag', text)
    if (link) await this.post(this.address('lag', link.after, link.id), body)
  }

  private async removeLink(): Promise<void> {
    const link = this.chart?.links.find(one => one.id === this.chosenLink)
    this.chosenLink = null
    this.say('')
    if (link) await this.post(this.address('link', link.after, link.id), new FormData())
  }

  private async post(url: string, body: FormData): Promise<void> {
    try {
      const response = await send(url, body)
      if (!response.ok) return void toast({ text: explain(response), error: true })
      dispatchTriggers(response)
      announce('live', { topics: ['tasks'] })
    } catch {
      toast({ text: this.words.offline ?? '', error: true })
    }
  }

  // ── Controls, files, paper ─────────────────────────────────────────────────────────────────────

  private onControl(event: Event): void {
    const control = event.target as HTMLInputElement
    if (control.dataset.ganttLag !== undefined) return void this.setLag(control.value)
    if (control.name === 'zoom' && isZoom(control.value)) {
      const middle = this.scale.day(this.frame.scrollLeft + (this.frame.clientWidth - this.tree.clientWidth) / 2)
      this.zoom = control.value
      this.layOut()
      this.frame.scrollLeft = this.scale.x(middle * DAY) - (this.frame.clientWidth - this.tree.clientWidth) / 2
      this.render()
    } else if (control.name === 'by') {
      this.by = control.value === 'owner' ? 'owner' : 'project'
      this.layOut()
    } else if (control.name === 'critical') {
      this.critical = control.checked
      this.render()
    }
  }

  private onClick(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return
    const row = event.target.closest<HTMLElement>('.gantt-row')
    const n = Number(row?.dataset.n ?? -1)
    if (row && (event.target.closest('[data-fold]') || this.rows[n]?.kind === 'group')) this.fold(this.rows[n])
    if (event.target.closest('[data-gantt-today]')) this.goToday()
    if (event.target.closest('[data-gantt-unlink]')) void this.removeLink()
  }

  /** What stands in the head of the page, outside of the chart. */
  private onPageClick(event: MouseEvent): void {
    if (!(event.target instanceof Element) || !this.root.isConnected) return
    if (event.target.closest('[data-gantt-print]')) print()
    const file = event.target.closest<HTMLElement>('[data-gantt-save]')
    if (file) void this.save(file.dataset.ganttSave ?? 'svg')
  }

  private paper(): HTMLElement | null {
    return this.root.querySelector<HTMLElement>('[data-gantt-paper]')
  }

  private async save(kind: string): Promise<void> {
    const paper = this.paper()
    if (!paper || !this.chart) return
    const drawing = drawSheet(this.view(), 0, this.rows.length)
    paper.replaceChildren(drawing)
    const text = asText(drawing)
    paper.replaceChildren()
    const name = document.title.split(' · ')[0] ?? 'gantt'
    if (kind === 'png') await savePng(text, name, Number(drawing.getAttribute('width')), Number(drawing.getAttribute('height')))
    else saveSvg(text, name)
  }

  private fillPaper(): void {
    const paper = this.paper()
    if (!paper || !this.chart) return
    const sheets: Element[] = []
    for (let from = 0; from < this.rows.length; from += SHEET_ROWS) sheets.push(drawSheet(this.view(), from, Math.min(this.rows.length, from + SHEET_ROWS)))
    paper.replaceChildren(...sheets)
  }
}

function part(css: string): HTMLElement {
  const made = document.createElement('div')
  made.className = css
  return made
}

function cell(css: string, text = ''): HTMLElement {
  const made = part(css)
  made.setAttribute('role', 'gridcell')
  made.textContent = text
  return made
}

function count(n: number): HTMLElement {
  const made = document.createElement('span')
  made.className = 'count'
  made.textContent = String(n)
  return made
}

export function start(root: HTMLElement): void {
  if (root.dataset.started !== undefined) return
  root.dataset.started = ''
  void new Gantt(root).load()
}

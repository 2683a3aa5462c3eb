/**
 * The sheet: a grid of cells with the keys of a spreadsheet. Only what can be seen is in the page.
 *
 * One text field lies over the active cell all the time and has the focus, so that an input method can begin
 * to compose there: a cell that is only a box cannot receive the first letter of a pinyin word.
 */
import { isCommand, isComposing } from '../../keys'
import { toast } from '../toasts'
import { type Choice, columnsFor, contains, format, matching, parse, type Place, type Range, rangeOf, size } from './cells'
import './sheet.css'
import { type SheetData, Store } from './store'

const ROW = 32
const HEAD = 34
const GUTTER = 48
const OVER = 8
const TOUCH = matchMedia('(pointer: coarse)')
const WIDE = matchMedia('(min-width: 1000px)')

/** off: the keys move; over: what is typed replaces; inside: the caret moves in what stands there. */
type Mode = 'off' | 'over' | 'inside'

export class Sheet {
  private readonly store: Store
  private readonly words: Record<string, string>
  private readonly frame: HTMLElement
  private readonly grid = part('sheet-grid')
  private readonly head = part('sheet-row sheet-head')
  private readonly body = part('sheet-body')
  private readonly field = document.createElement('textarea')
  private readonly list = part('sheet-list')
  private readonly note = part('sheet-note')
  private readonly handle = part('sheet-handle')
  private readonly lefts: number[] = []
  private readonly width: number
  private active: Place = { row: 0, column: 1 }
  private anchor: Place = { row: 0, column: 1 }
  private mode: Mode = 'off'
  private shown: Choice[] = []
  private chosen = -1
  private dragging: 'select' | 'fill' | null = null
  private fillTo: number | null = null
  private mayLeave = false

  constructor(private readonly root: HTMLElement) {
    const data = JSON.parse(document.getElementById('sheet-data')?.textContent ?? '{}') as SheetData
    this.words = JSON.parse(document.getElementById('sheet-words')?.textContent ?? '{}') as Record<string, string>
    this.store = new Store(data, { rows: root.dataset.rowsUrl ?? '', cells: root.dataset.cellsUrl ?? '' }, () => this.render())
    this.frame = root.querySelector<HTMLElement>('[data-sheet-frame]') as HTMLElement
    let left = GUTTER
    for (const column of this.store.columns) {
      this.lefts.push(left)
      left += column.width
    }
    this.width = left
    this.build()
    this.listen()
    this.render()
    this.root.dataset.ready = ''
  }

  // ── The frame ──────────────────────────────────────────────────────────────────────────────────

  private build(): void {
    this.grid.setAttribute('role', 'grid')
    this.grid.id = 'sheet-grid'
    this.grid.setAttribute('aria-label', this.words.label ?? '')
    this.grid.setAttribute('aria-colcount', String(this.store.columns.length + 1))
    this.grid.setAttribute('aria-multiselectable', 'true')
    this.head.setAttribute('role', 'row')
    this.head.setAttribute('aria-rowindex', '1')
    this.head.append(this.headCell('#', GUTTER, 0, 'sheet-gutter'))
    this.store.columns.forEach((column, n) => this.head.append(this.headCell(column.label, column.width, n + 1, this.pin(n))))
    this.body.setAttribute('role', 'rowgroup')
    this.field.className = 'sheet-field'
    this.field.rows = 1
    this.field.spellcheck = false
    this.field.autocomplete = 'off'
    this.field.setAttribute('aria-controls', 'sheet-grid')
    this.list.id = 'sheet-list'
    this.list.setAttribute('role', 'listbox')
    this.list.hidden = true
    this.note.id = 'sheet-note'
    this.note.hidden = true
    for (const one of [this.grid, this.body]) one.style.width = `${this.width}px`
    this.grid.append(this.head, this.body)
    this.frame.replaceChildren(this.grid, this.handle, this.field, this.list, this.note)
  }

  private headCell(label: string, width: number, n: number, css: string): HTMLElement {
    const cell = part(`sheet-cell ${css}`)
    cell.setAttribute('role', 'columnheader')
    cell.setAttribute('aria-colindex', String(n + 1))
    cell.style.width = `${width}px`
    if (css.includes('is-pinned')) cell.style.left = `${n ? this.lefts[n - 1] : 0}px`
    cell.textContent = label
    return cell
  }

  private pin(column: number): string {
    return column < 2 && WIDE.matches ? 'is-pinned' : ''
  }

  private get row(): number {
    return TOUCH.matches ? 44 : ROW
  }

  private get count(): number {
    return this.store.keys.length + (this.store.data.mayCreate ? 1 : 0)
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
    this.field.addEventListener('keydown', event => this.onKey(event))
    this.field.addEventListener('compositionstart', () => this.mode === 'off' && this.edit('over', ''))
    this.field.addEventListener('input', () => this.onInput())
    this.field.addEventListener('blur', () => this.commit())
    this.field.addEventListener('focus', () => this.render())
    this.field.addEventListener('copy', event => this.onCopy(event, false))
    this.field.addEventListener('cut', event => this.onCopy(event, true))
    this.field.addEventListener('paste', event => this.onPaste(event))
    this.body.addEventListener('pointerdown', event => this.onPointerDown(event))
    this.body.addEventListener('dblclick', () => this.edit('inside'))
    this.handle.addEventListener('pointerdown', event => {
      event.preventDefault()
      this.dragging = 'fill'
    })
    addEventListener('pointermove', event => this.onPointerMove(event))
    addEventListener('pointerup', () => this.onPointerUp())
    this.list.addEventListener('pointerdown', event => this.onListDown(event))
    this.note.addEventListener('click', event => this.onNote(event))
    this.note.addEventListener('keydown', event => event.key === 'Escape' && this.field.focus())
    this.root.addEventListener('live', () => {
      const { from, to } = this.window()
      this.store.refresh(from, to)
    })
    addEventListener('beforeunload', event => this.store.counts().waiting && event.preventDefault())
  }

  // ── Drawing ────────────────────────────────────────────────────────────────────────────────────

  private window(): { from: number; to: number } {
    const from = Math.max(0, Math.floor(this.frame.scrollTop / this.row) - OVER)
    return { from, to: Math.min(this.count, from + Math.ceil(this.frame.clientHeight / this.row) + 2 * OVER) }
  }

  private render(): void {
    const { from, to } = this.window()
    this.grid.setAttribute('aria-rowcount', String(this.count + 1))
    this.body.style.height = `${this.count * this.row}px`
    const range = rangeOf(this.active, this.anchor)
    const rows: HTMLElement[] = []
    for (let n = from; n < to; n++) rows.push(this.rowElement(n, range))
    if (this.active.row < from || this.active.row >= to) rows.push(this.rowElement(this.active.row, range))
    this.body.replaceChildren(...rows)
    this.place(range)
    this.showNote()
    this.showState(range)
    void this.store.load(from, to)
  }

  private rowElement(n: number, range: Range): HTMLElement {
    const key = this.store.keys[n]
    const row = part('sheet-row')
    row.setAttribute('role', 'row')
    row.setAttribute('aria-rowindex', String(n + 2))
    row.style.top = `${n * this.row}px`
    row.style.height = `${this.row}px`
    const gutter = part('sheet-cell sheet-gutter')
    gutter.setAttribute('role', 'rowheader')
    gutter.style.width = `${GUTTER}px`
    gutter.textContent = key === undefined ? '+' : String(n + 1)
    if (key === undefined) gutter.setAttribute('aria-label', this.words.newRow ?? '')
    row.append(gutter)
    const isLoaded = key === undefined || this.store.isLoaded(key)
    this.store.columns.forEach((_, column) => row.append(this.cellElement(n, column, range, isLoaded)))
    return row
  }

  private cellElement(n: number, column: number, range: Range, isLoaded: boolean): HTMLElement {
    const { name, kind, width } = this.store.columns[column] as { name: string; kind: string; width: number }
    const key = this.store.keys[n]
    const typed = this.store.typedIn(key, column)
    const isActive = n === this.active.row && column === this.active.column
    const cell = part(['sheet-cell', `kind-${kind}`, this.pin(column)].join(' '))
    cell.id = `cell-${n}-${column}`
    cell.setAttribute('role', 'gridcell')
    cell.setAttribute('aria-colindex', String(column + 2))
    cell.style.width = `${width}px`
    if (this.pin(column)) cell.style.left = `${this.lefts[column]}px`
    cell.dataset.place = `${n}:${column}`
    cell.dataset.column = name
    cell.textContent = isLoaded ? this.store.text(key, column) : '…'
    if (key === undefined && column === 1 && !isActive) cell.append(muted(this.words.newRow ?? ''))
    if (typed) cell.classList.add(`is-${typed.state}`)
    if (typed?.state === 'bad' || typed?.state === 'stale') cell.setAttribute('aria-invalid', 'true')
    if (isLoaded && !this.store.isEditable(key, column)) {
      cell.classList.add('is-fixed')
      cell.setAttribute('aria-readonly', 'true')
    }
    const isIn = contains(range, n, column)
    if (isIn) cell.setAttribute('aria-selected', 'true')
    if (isIn && size(range) > 1) cell.classList.add('is-in')
    if (isActive) cell.classList.add('is-active')
    if (this.fillTo !== null && column >= range.left && column <= range.right && n > range.bottom && n <= this.fillTo) cell.classList.add('is-filling')
    return cell
  }

  /** Put the field over the active cell, and the handle at the corner of the selection. */
  private place(range: Range): void {
    const { row, column } = this.active
    const pinned = this.pin(column) !== ''
    const left = (this.lefts[column] ?? 0) + (pinned ? this.frame.scrollLeft : 0)
    const style = this.field.style
    style.left = `${left}px`
    style.top = `${HEAD + row * this.row}px`
    style.minWidth = style.maxWidth = `${this.store.columns[column]?.width ?? 80}px`
    style.height = `${this.row}px`
    if (this.mode !== 'off') {
      style.maxWidth = `${Math.max(320, this.store.columns[column]?.width ?? 0)}px`
      style.width = `${Math.min(Math.max(this.store.columns[column]?.width ?? 80, this.field.value.length * 15 + 24), 420)}px`
      style.height = 'auto'
      style.height = `${Math.max(this.row, Math.min(this.field.scrollHeight + 2, 160))}px`
    } else style.width = style.minWidth
    this.field.classList.toggle('is-editing', this.mode !== 'off')
    this.field.setAttribute('aria-activedescendant', this.chosen >= 0 && this.shown.length ? `option-${this.chosen}` : `cell-${row}-${column}`)
    const label = this.store.columns[column]?.label ?? ''
    this.field.setAttribute('aria-label', fill(this.words.cell ?? '', { column: label, row: row + 1, text: this.store.text(this.store.keys[row], column) || (this.words.empty ?? '') }))
    this.field.setAttribute('aria-describedby', 'sheet-note')
    this.handle.style.left = `${(this.lefts[range.right] ?? 0) + (this.store.columns[range.right]?.width ?? 0) - 5 + (this.pin(range.right) ? this.frame.scrollLeft : 0)}px`
    this.handle.style.top = `${HEAD + (range.bottom + 1) * this.row - 5}px`
    this.handle.hidden = this.mode !== 'off'
    this.list.style.left = `${left}px`
    this.list.style.top = `${HEAD + (row + 1) * this.row}px`
    this.note.style.left = `${left}px`
    this.note.style.top = `${HEAD + (row + 1) * this.row + 4}px`
  }

  private showState(range: Range): void {
    const state = this.root.querySelector<HTMLElement>('[data-sheet-state]')
    const place = this.root.querySelector<HTMLElement>('[data-sheet-place]')
    const problem = this.root.querySelector<HTMLElement>('[data-sheet-problem]')
    const count = this.root.querySelector<HTMLElement>('[data-sheet-count]')
    if (!state || !place || !problem || !count) return
    count.textContent = fill(this.words.count ?? '', { n: this.store.keys.length })
    const { waiting, bad } = this.store.counts()
    const said = this.store.isOffline ? this.words.offline : this.store.needsTitle ? this.words.needsTitle : waiting ? this.words.saving : this.words.saved
    if (state.textContent !== said) state.textContent = said ?? ''
    state.dataset.state = this.store.isOffline ? 'offline' : waiting ? 'saving' : 'saved'
    const many = size(range)
    place.textContent = `${this.store.columns[this.active.column]?.label ?? ''} ${this.active.row + 1}${many > 1 ? ` · ${fill(this.words.selected ?? '', { n: many })}` : ''}`
    if (!bad) return void problem.replaceChildren()
    const text = fill(this.words.bad ?? '', { n: bad })
    if (problem.textContent?.startsWith(text)) return
    const next = button(this.words.next ?? '', () => this.nextProblem())
    next.title = 'F8'
    problem.replaceChildren(`${text} `, next)
  }

  private nextProblem(): void {
    const place = this.store.problemAfter(this.active.row, this.active.column)
    if (place) this.goTo(place)
    this.field.focus()
  }

  /** Below the active cell: why it was not taken, and what can be done. */
  private showNote(): void {
    const typed = this.store.typedIn(this.store.keys[this.active.row], this.active.column)
    const key = typed && typed.state !== 'dirty' && typed.state !== 'sending' ? `${typed.state}:${typed.text}:${typed.reason}:${this.active.row}:${this.active.column}` : ''
    this.note.hidden = !key || this.mode !== 'off'
    if (this.note.dataset.key === key || !typed) return
    this.note.dataset.key = key
    this.note.replaceChildren()
    if (!key) return
    const text = document.createElement('p')
    text.textContent = typed.state === 'stale' ? fill(this.words.stale ?? '', { theirs: typed.theirs || (this.words.empty ?? ''), mine: typed.text || (this.words.empty ?? '') }) : typed.reason
    this.note.append(text)
    if (typed.state === 'stale') this.note.append(noteButton('insist', this.words.mine), noteButton('discard', this.words.theirs))
    else this.note.append(noteButton('edit', 'F2'), noteButton('discard', this.words.discard))
  }

  private onNote(event: Event): void {
    const what = event.target instanceof HTMLElement ? event.target.dataset.act : ''
    const key = this.store.keys[this.active.row]
    if (!what || key === undefined) return
    if (what === 'insist') this.store.insist(key, this.active.column)
    if (what === 'discard') this.store.discard(key, this.active.column)
    this.field.focus()
    if (what === 'edit') this.edit('inside')
    this.render()
  }

  private say(text: string): void {
    const said = this.root.querySelector<HTMLElement>('[data-sheet-said]')
    if (said) said.textContent = text
  }

  // ── Moving ─────────────────────────────────────────────────────────────────────────────────────

  private goTo(to: Place, extend = false): void {
    const place = { row: clamp(to.row, 0, this.count - 1), column: clamp(to.column, 0, this.store.columns.length - 1) }
    this.active = place
    if (!extend) this.anchor = place
    this.reveal()
    this.render()
    const typed = this.store.typedIn(this.store.keys[place.row], place.column)
    const problem = typed?.reason ? ` ${typed.reason}` : ''
    this.say(fill(this.words.cell ?? '', { column: this.store.columns[place.column]?.label ?? '', row: place.row + 1, text: (this.store.text(this.store.keys[place.row], place.column) || (this.words.empty ?? '')) + problem }))
  }

  private reveal(): void {
    const top = this.active.row * this.row
    const room = this.frame.clientHeight - HEAD - this.row - 12
    if (top < this.frame.scrollTop) this.frame.scrollTop = top
    else if (top > this.frame.scrollTop + room) this.frame.scrollTop = top - room
    if (this.pin(this.active.column)) return
    const pinned = WIDE.matches ? (this.lefts[2] ?? GUTTER) : GUTTER
    const left = this.lefts[this.active.column] ?? 0
    const right = left + (this.store.columns[this.active.column]?.width ?? 0)
    if (left - pinned < this.frame.scrollLeft) this.frame.scrollLeft = left - pinned
    else if (right > this.frame.scrollLeft + this.frame.clientWidth - 16) this.frame.scrollLeft = right - this.frame.clientWidth + 16
  }

  private onKey(event: KeyboardEvent): void {
    if (isComposing(event)) return
    const done = this.mode === 'off' ? this.onMoveKey(event) : this.onEditKey(event)
    if (done) event.preventDefault()
    // Single letters of the page must not hear what is typed here.
    if (event.key !== 'Escape' || done) event.stopPropagation()
  }

  private onMoveKey(event: KeyboardEvent): boolean {
    const { key } = event
    const far = event.ctrlKey || event.metaKey
    const leaves = this.mayLeave
    this.mayLeave = key === 'Escape'
    if (key === 'Tab') return !leaves && this.tab(event.shiftKey)
    if (far && this.onCommand(event)) return true
    if (key === 'Enter' && event.altKey) return this.openTask()
    const step = steps(key, far, Math.max(1, Math.floor(this.frame.clientHeight / this.row) - 2))
    if (step) {
      this.goTo({ row: this.active.row + step.row, column: this.active.column + step.column }, event.shiftKey)
      return true
    }
    if (event.altKey || far) return false
    if (key === 'Enter') return this.edit('inside') || this.move(event.shiftKey ? -1 : 1)
    if (key === 'F2') return this.edit('inside')
    if (key === 'F8') this.nextProblem()
    else if (key === 'F6') this.note.querySelector('button')?.focus()
    else if (key === 'Delete' || key === 'Backspace') this.clear()
    else if (key === 'Escape') this.goTo(this.active)
    else return key.length === 1 && !this.store.isEditable(this.store.keys[this.active.row], this.active.column) && this.refuse()
    return true
  }

  private onCommand(event: KeyboardEvent): boolean {
    if (isCommand(event, 'z')) void this.store.undo().then(was => was || this.say(''))
    else if (isCommand(event, 'd')) this.fillDown(rangeOf(this.active, this.anchor))
    else if (isCommand(event, 'a')) {
      this.anchor = { row: 0, column: 0 }
      this.goTo({ row: this.store.keys.length - 1, column: this.store.columns.length - 1 }, true)
    } else return false
    return true
  }

  private onEditKey(event: KeyboardEvent): boolean {
    const { key } = event
    const lists = !this.list.hidden && this.shown.length > 0
    if (key === 'Escape') this.cancel()
    else if (key === 'Enter' && !event.altKey) {
      this.commit(true)
      this.move(event.shiftKey ? -1 : 1)
    } else if (key === 'Enter') this.field.setRangeText('\n', this.field.selectionStart, this.field.selectionEnd, 'end')
    else if (key === 'Tab') {
      this.commit(true)
      this.tab(event.shiftKey)
    } else if (lists && (key === 'ArrowDown' || key === 'ArrowUp')) this.choose(this.chosen + (key === 'ArrowDown' ? 1 : -1))
    else if (this.mode === 'over' && key.startsWith('Arrow')) {
      this.commit()
      const step = steps(key, false, 1)
      if (step) this.goTo({ row: this.active.row + step.row, column: this.active.column + step.column })
    } else return false
    return true
  }

  private tab(back: boolean): boolean {
    const last = this.store.columns.length - 1
    const at = this.active.column + (back ? -1 : 1)
    if (at >= 0 && at <= last) this.goTo({ row: this.active.row, column: at })
    else {
      const row = this.active.row + (back ? -1 : 1)
      if (row < 0 || row >= this.count) return false
      this.goTo({ row, column: back ? last : 1 })
    }
    return true
  }

  private move(rows: number): boolean {
    this.goTo({ row: this.active.row + rows, column: this.active.column })
    return true
  }

  private openTask(): boolean {
    const key = this.store.keys[this.active.row]
    if (typeof key !== 'number') return false
    const link = document.createElement('a')
    link.href = (this.root.dataset.task ?? '').replace('/0/', `/${key}/`)
    link.dataset.drawer = ''
    this.root.append(link)
    link.click()
    link.remove()
    return true
  }

  // ── Editing ────────────────────────────────────────────────────────────────────────────────────

  private refuse(): boolean {
    const key = this.store.keys[this.active.row]
    this.say((this.store.columns[this.active.column]?.fixed ? this.words.fixed : this.words.readOnly) ?? '')
    return key !== undefined
  }

  private edit(mode: Mode, text?: string): boolean {
    const key = this.store.keys[this.active.row]
    if (!this.store.isEditable(key, this.active.column) || (key !== undefined && !this.store.isLoaded(key))) {
      this.refuse()
      this.field.value = ''
      return false
    }
    this.mode = mode
    this.anchor = this.active
    if (text === undefined) {
      this.field.value = this.store.text(key, this.active.column)
      this.field.setSelectionRange(this.field.value.length, this.field.value.length)
    }
    this.suggest(mode === 'inside' ? '' : this.field.value)
    this.render()
    return true
  }

  private onInput(): void {
    if (this.mode === 'off' && !this.edit('over', this.field.value)) return
    this.suggest(this.field.value)
    this.place(rangeOf(this.active, this.anchor))
  }

  private cancel(): void {
    this.mode = 'off'
    this.field.value = ''
    this.hideList()
    this.render()
  }

  /** Take over what was typed; with `accept`, the marked choice instead of its first letters. */
  private commit(accept = false): void {
    if (this.mode === 'off') return
    const choice = this.shown[this.chosen]
    const typed = this.field.value.replace(/^'(?=[=+\-@])/, '')
    const text = accept && choice && !this.list.hidden ? choice.name : typed
    const { row, column } = this.active
    this.mode = 'off'
    this.field.value = ''
    this.hideList()
    if (this.store.write(row, column, text.trim())) this.store.saveSoon()
    else this.render()
  }

  private suggest(typed: string): void {
    const choices = this.store.choices[this.store.columns[this.active.column]?.name ?? '']
    if (!choices) return this.hideList()
    this.shown = matching(choices, typed)
    this.list.hidden = this.shown.length === 0
    this.choose(typed.trim() ? 0 : this.shown.findIndex(one => one.name === this.store.text(this.store.keys[this.active.row], this.active.column)))
  }

  private choose(n: number): void {
    const most = this.shown.length
    this.chosen = most ? (n < 0 ? (n === -1 && this.chosen < 0 ? -1 : most - 1) : n % most) : -1
    this.list.replaceChildren(
      ...this.shown.map((one, at) => {
        const option = part('sheet-option')
        option.id = `option-${at}`
        option.setAttribute('role', 'option')
        option.setAttribute('aria-selected', String(at === this.chosen))
        option.textContent = one.name
        return option
      }),
    )
    if (this.chosen >= 0) this.field.setAttribute('aria-activedescendant', `option-${this.chosen}`)
  }

  private hideList(): void {
    this.list.hidden = true
    this.shown = []
    this.chosen = -1
  }

  private onListDown(event: PointerEvent): void {
    const option = event.target instanceof Element ? event.target.closest('.sheet-option') : null
    if (!option) return
    event.preventDefault()
    this.choose(Number(option.id.slice(7)))
    this.commit(true)
    this.field.focus()
  }

  // ── Many cells ─────────────────────────────────────────────────────────────────────────────────

  /** Write several cells as one batch; too many are refused as a whole. */
  private writeAll(cells: readonly [number, number, string][]): boolean {
    if (cells.length > this.store.data.most) {
      toast({ text: fill(this.words.tooMany ?? '', { n: this.store.data.most }), error: true })
      return false
    }
    let some = false
    for (const [row, column, text] of cells) some = this.store.write(row, column, text) || some
    if (some) this.store.saveSoon(0)
    this.render()
    return some
  }

  private clear(): void {
    const range = rangeOf(this.active, this.anchor)
    this.writeAll(each(range).map(([row, column]) => [row, column, '']))
  }

  private fillDown(range: Range): void {
    const cells: [number, number, string][] = []
    const top = range.top === range.bottom ? range.top - 1 : range.top
    if (top < 0) return
    for (const [row, column] of each(range)) if (row > top) cells.push([row, column, this.store.text(this.store.keys[top], column)])
    this.writeAll(cells.filter(([row]) => row < this.store.keys.length))
  }

  private onCopy(event: ClipboardEvent, cut: boolean): void {
    if (this.mode !== 'off') return
    event.preventDefault()
    const range = rangeOf(this.active, this.anchor)
    const rows: string[][] = []
    for (let n = range.top; n <= range.bottom; n++) {
      const row: string[] = []
      for (let column = range.left; column <= range.right; column++) row.push(this.store.text(this.store.keys[n], column))
      rows.push(row)
    }
    event.clipboardData?.setData('text/plain', format(rows))
    this.say(fill(this.words.copied ?? '', { n: size(range) }))
    if (cut) this.clear()
  }

  private onPaste(event: ClipboardEvent): void {
    if (this.mode !== 'off') return
    event.preventDefault()
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (text) this.paste(text)
  }

  /** Put a copied range down at the active cell; one single cell fills the whole selection. */
  private paste(text: string): void {
    const range = rangeOf(this.active, this.anchor)
    const { columns, rows } = columnsFor(parse(text), this.store.columns.map(one => one.label), range.left)
    const single = rows.length === 1 && rows[0]?.length === 1 ? (rows[0][0] ?? '') : null
    if (single !== null) return void this.writeAll(each(range).map(([row, column]) => [row, column, plain(single)]))
    const cells: [number, number, string][] = []
    const most = this.store.data.mayCreate ? Infinity : this.store.keys.length
    rows.forEach((row, n) => {
      row.forEach((cell, at) => {
        const column = columns[at]
        if (column != null && range.top + n < most && this.store.isEditable(this.store.keys[range.top + n], column)) cells.push([range.top + n, column, plain(cell)])
      })
    })
    if (!this.writeAll(cells)) return
    const rights = columns.filter((one): one is number => one !== null)
    this.anchor = { row: range.top, column: Math.min(...rights) }
    this.goTo({ row: range.top + rows.length - 1, column: Math.max(...rights) }, true)
  }

  // ── Pointer ────────────────────────────────────────────────────────────────────────────────────

  private placeAt(target: EventTarget | null): Place | null {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-place]') : null
    const [row, column] = (cell?.dataset.place ?? '').split(':').map(Number)
    return row === undefined || column === undefined || Number.isNaN(row) ? null : { row, column }
  }

  private onPointerDown(event: PointerEvent): void {
    const place = this.placeAt(event.target)
    if (!place || event.button !== 0) return
    event.preventDefault()
    this.commit()
    this.dragging = 'select'
    this.goTo(place, event.shiftKey)
    this.field.focus({ preventScroll: true })
  }

  private onPointerMove(event: PointerEvent): void {
    if (!this.dragging) return
    const place = this.placeAt(document.elementFromPoint(event.clientX, event.clientY))
    if (!place) return
    if (this.dragging === 'select') {
      if (place.row === this.active.row && place.column === this.active.column) return
      this.active = place
    } else this.fillTo = place.row
    this.render()
  }

  private onPointerUp(): void {
    const was = this.dragging
    this.dragging = null
    if (was !== 'fill' || this.fillTo === null) return
    const range = rangeOf(this.active, this.anchor)
    const to = Math.min(this.fillTo, this.store.keys.length - 1)
    this.fillTo = null
    const cells: [number, number, string][] = []
    const height = range.bottom - range.top + 1
    for (let n = range.bottom + 1; n <= to; n++)
      for (let column = range.left; column <= range.right; column++)
        cells.push([n, column, this.store.text(this.store.keys[range.top + ((n - range.top) % height)], column)])
    this.writeAll(cells)
    this.anchor = { row: range.top, column: range.left }
    this.goTo({ row: Math.max(to, range.bottom), column: range.right }, true)
  }
}

/** A cell as it comes from a spreadsheet, without the apostrophe that guards a formula. */
const plain = (text: string): string => text.trim().replace(/^'(?=[=+\-@])/, '')

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value))

const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

function each(range: Range): [number, number][] {
  const found: [number, number][] = []
  for (let row = range.top; row <= range.bottom; row++) for (let column = range.left; column <= range.right; column++) found.push([row, column])
  return found
}

/** How far a key moves. */
export function steps(key: string, far: boolean, page: number): Place | null {
  const step = far ? 1_000_000 : 1
  const found: Record<string, Place> = {
    ArrowUp: { row: -step, column: 0 },
    ArrowDown: { row: step, column: 0 },
    ArrowLeft: { row: 0, column: -step },
    ArrowRight: { row: 0, column: step },
    Home: { row: far ? -step : 0, column: -1_000 },
    End: { row: far ? step : 0, column: 1_000 },
    PageUp: { row: -page, column: 0 },
    PageDown: { row: page, column: 0 },
  }
  return found[key] ?? null
}

function part(css: string): HTMLElement {
  const made = document.createElement('div')
  made.className = css
  return made
}

function muted(text: string): HTMLElement {
  const made = document.createElement('span')
  made.className = 'sheet-hint'
  made.textContent = text
  return made
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'btn btn-sm'
  made.textContent = text
  made.addEventListener('click', act)
  return made
}

function noteButton(act: string, text: string | undefined): HTMLButtonElement {
  const made = button(text ?? '', () => undefined)
  made.dataset.act = act
  return made
}

export function start(root: HTMLElement): void {
  if (root.dataset.ready === undefined) new Sheet(root)
}

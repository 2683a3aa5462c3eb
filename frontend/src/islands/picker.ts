/** A long select (people, projects) with a search box. The select stays the holder of the value. */
import { isComposing } from '../keys'

const FEW = 8
const SHOWN = 60
let count = 0

const normal = (text: string): string => text.normalize('NFKC').toLowerCase()

/** The options that contain what was typed, in label or in data-search (pinyin, initials). */
export function matching(select: HTMLSelectElement, typed: string): HTMLOptionElement[] {
  const wanted = normal(typed.trim())
  return [...select.options]
    .filter(option => !(select.multiple && !option.value))
    .filter(option => !wanted || normal(`${option.text} ${option.dataset.search ?? ''}`).includes(wanted))
    .slice(0, SHOWN)
}

/** The options that are chosen, without the one that stands for none. */
export const chosenOf = (select: HTMLSelectElement): HTMLOptionElement[] => [...select.options].filter(option => option.selected && option.value)

class Picker {
  private readonly box = document.createElement('div')
  private readonly field = document.createElement('input')
  private readonly list = document.createElement('div')
  private readonly chips = document.createElement('span')
  private found: HTMLOptionElement[] = []
  private at = -1

  constructor(private readonly select: HTMLSelectElement) {
    this.fill()
    this.build()
    this.listen()
    this.showChosen()
  }

  /** Options that several selects of a page share stand in one template; this one takes its copy when it is used. */
  private fill(): void {
    const source = this.select.dataset.options
    const shared = source ? document.getElementById(source) : null
    if (!(shared instanceof HTMLTemplateElement)) return
    this.select.addEventListener('picker:open', () => {
      const known = new Set([...this.select.options].map(option => option.value))
      const copies = [...(shared.content.cloneNode(true) as DocumentFragment).querySelectorAll('option')]
      this.select.append(...copies.filter(option => !known.has(option.value)))
    }, { once: true })
  }

  private build(): void {
    const id = `picker-${(count += 1)}`
    this.box.className = 'picker'
    this.chips.className = 'picker-chips'
    this.field.className = 'form-control'
    this.field.type = 'text'
    this.field.autocomplete = 'off'
    this.field.id = id
    this.list.className = 'picker-list'
    this.list.id = `${id}-list`
    this.list.setAttribute('role', 'listbox')
    this.list.hidden = true
    for (const [name, value] of [['role', 'combobox'], ['aria-expanded', 'false'], ['aria-controls', this.list.id], ['aria-autocomplete', 'list']] as const) {
      this.field.setAttribute(name, value)
    }
    for (const name of ['aria-invalid', 'aria-describedby', 'aria-label']) {
      const value = this.select.getAttribute(name)
      if (value) this.field.setAttribute(name, value)
    }
    const label = this.select.labels?.[0]
    if (label) {
      label.htmlFor = id
      this.list.setAttribute('aria-label', label.textContent?.trim() ?? '')
    } else this.list.setAttribute('aria-label', this.select.getAttribute('aria-label') ?? '')
    // Moving an element takes its focus away; an editor in place would take that for leaving and close.
    const wasFocused = document.activeElement === this.select
    this.select.before(this.box)
    this.select.classList.add('visually-hidden')
    this.select.tabIndex = -1
    this.select.setAttribute('aria-hidden', 'true')
    this.box.append(this.chips, this.field, this.list, this.select)
    if (wasFocused) this.field.focus()
  }

  private listen(): void {
    this.field.addEventListener('focus', () => this.field.select())
    this.field.addEventListener('click', () => this.open(''))
    this.field.addEventListener('input', event => {
      event.stopPropagation()
      this.open(this.field.value)
    })
    this.field.addEventListener('change', event => event.stopPropagation())
    this.field.addEventListener('keydown', event => this.onKey(event))
    this.field.addEventListener('blur', () => setTimeout(() => this.close(), 120))
    // Before blur, so that the press counts.
    this.list.addEventListener('pointerdown', event => {
      event.preventDefault()
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[role="option"]') : null
      if (row) this.take(this.found[Number(row.dataset.at)])
    })
    this.chips.addEventListener('click', event => {
      const cross = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-value]') : null
      const option = [...this.select.options].find(one => one.value === cross?.dataset.value)
      if (option) this.take(option)
    })
    this.select.addEventListener('change', () => this.showChosen())
    this.select.form?.addEventListener('reset', () => setTimeout(() => this.showChosen()))
    this.select.form?.addEventListener('input', event => event.target === this.select.form && this.showChosen())
  }

  private onKey(event: KeyboardEvent): void {
    if (isComposing(event)) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (this.list.hidden) return this.open('')
      this.choose((this.at + (event.key === 'ArrowDown' ? 1 : -1) + this.found.length) % this.found.length)
    } else if (event.key === 'Enter' && !this.list.hidden) {
      event.preventDefault()
      this.take(this.found[this.at])
    } else if (event.key === 'Escape' && !this.list.hidden) {
      event.preventDefault()
      event.stopPropagation()
      this.close()
    } else if (event.key === 'Backspace' && this.select.multiple && !this.field.value) {
      this.take(chosenOf(this.select).at(-1))
    }
  }

  private open(typed: string): void {
    this.select.dispatchEvent(new CustomEvent('picker:open'))
    this.found = matching(this.select, typed)
    this.list.replaceChildren(
      ...this.found.map((option, at) => {
        const row = document.createElement('div')
        row.id = `${this.field.id}-${at}`
        row.className = 'picker-option'
        row.dataset.at = String(at)
        row.setAttribute('role', 'option')
        row.setAttribute('aria-selected', String(option.selected && option.value !== ''))
        row.textContent = option.text
        return row
      }),
    )
    this.list.hidden = !this.found.length
    this.field.setAttribute('aria-expanded', String(!this.list.hidden))
    this.choose(typed ? 0 : this.found.findIndex(option => option.selected))
  }

  private choose(at: number): void {
    this.at = Math.max(0, at)
    const rows = [...this.list.children]
    rows.forEach((row, index) => row.classList.toggle('is-current', index === this.at))
    rows[this.at]?.scrollIntoView?.({ block: 'nearest' })
    this.field.setAttribute('aria-activedescendant', rows[this.at]?.id ?? '')
  }

  private take(option: HTMLOptionElement | undefined): void {
    if (!option) return
    option.selected = this.select.multiple ? !option.selected : true
    this.select.dispatchEvent(new Event('input', { bubbles: true }))
    this.select.dispatchEvent(new Event('change', { bubbles: true }))
    this.close()
  }

  private close(): void {
    this.list.hidden = true
    this.field.setAttribute('aria-expanded', 'false')
    this.field.removeAttribute('aria-activedescendant')
    this.showChosen()
  }

  private showChosen(): void {
    const chosen = chosenOf(this.select)
    const none = [...this.select.options].find(option => !option.value)
    this.field.placeholder = none?.text ?? ''
    if (!this.select.multiple) return void (this.field.value = chosen[0]?.text ?? '')
    this.field.value = ''
    this.chips.replaceChildren(
      ...chosen.map(option => {
        const chip = document.createElement('button')
        chip.type = 'button'
        chip.className = 'chip'
        chip.dataset.value = option.value
        chip.textContent = `${option.text} ✕`
        return chip
      }),
    )
  }
}

/** Give every long select under `root` a search box; a short one is quicker as it is. */
export function upgrade(root: ParentNode): void {
  for (const select of root.querySelectorAll<HTMLSelectElement>('select[data-picker]')) {
    if (select.closest('.picker') || select.disabled || (select.options.length <= FEW && !select.multiple && !select.dataset.options)) continue
    new Picker(select)
  }
}
